/** A service without sockets whose model answers as told. */
import { catalogueOf } from "../../lib/jobs/recommend/catalogue.ts";
import type { Ask, Recommendation } from "../../lib/jobs/recommend/recommend.ts";
import { handlerOf } from "../../lib/serve/handler.ts";
import type { Limits } from "../../lib/serve/served.ts";

export const LIMITS: Limits = {
  maxBody: 2000,
  maxBatch: 4,
  maxTop: 5,
  maxPending: 6,
  bodyTimeout: 100,
};

/** Recommends, for any session, the catalogue from its beginning; or what `recommend` does. */
export function serviceOf(
  recommend?: (asks: readonly Ask[]) => Promise<Recommendation[][]>,
  limits: Partial<Limits> = {},
) {
  const catalogue = catalogueOf(["algebra", "biology", "chemistry", "dance"]);
  const errors: unknown[] = [];
  const plain = (asks: readonly Ask[]) =>
    Promise.resolve(
      asks.map(({ top }) =>
        catalogue.courses.slice(0, top).map((course, i) => ({ course, score: -i }))
      ),
    );
  const model = (name: string) => ({
    name,
    architecture: "gru",
    device: "none",
    catalogue,
    recommend: recommend ?? plain,
    dispose: () => {},
  });
  const handler = handlerOf({
    runTag: "20260130_075435",
    recommenders: [model("gru_global"), model("sasrec")],
    defaultModel: "gru_global",
    limits: { ...LIMITS, ...limits },
    version: "0.1.0",
    report: (error) => errors.push(error),
  });
  return { handler, errors };
}

/** A POST of a JSON value or of a text as it is. */
export function post(
  body: unknown,
  headers: Record<string, string> = { "content-type": "application/json" },
): Request {
  const text = typeof body === "string" || body instanceof ReadableStream
    ? body
    : JSON.stringify(body);
  return new Request("http://localhost/recommend", { method: "POST", body: text, headers });
}
