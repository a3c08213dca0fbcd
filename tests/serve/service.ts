/** A service without sockets whose model answers as told. */
import { catalogueOf } from "../../lib/jobs/recommend/catalogue.ts";
import type { Ask, Recommendation } from "../../lib/jobs/recommend/recommend.ts";
import { handlerOf } from "../../lib/serve/handler.ts";
import type { Limits, Service } from "../../lib/serve/served.ts";

export const LIMITS: Limits = {
  maxBody: 2000,
  maxBatch: 4,
  maxTop: 5,
  maxPending: 6,
  bodyTimeout: 100,
};

const COURSES = ["algebra", "biology", "chemistry", "dance"];

/** Recommends, for any session, the catalogue from its beginning; or what `recommend` does. */
export function serviceOf(
  recommend?: (asks: readonly Ask[]) => Promise<Recommendation[][]>,
  limits: Partial<Limits> = {},
  more: Partial<Service> & { readonly courses?: readonly string[] } = {},
) {
  const catalogue = catalogueOf(more.courses ?? COURSES);
  const errors: unknown[] = [];
  const plain = (asks: readonly Ask[]) =>
    Promise.resolve(
      asks.map(({ top }) =>
        catalogue.courses.slice(0, top).map((course, i) => ({ course, score: -i }))
      ),
    );
  const model = (name: string, answer = recommend ?? plain) => ({
    name,
    architecture: "gru",
    device: "none",
    catalogue,
    historyMethods: [],
    recommend: answer,
    dispose: () => {},
  });
  // from the catalogue's end
  const popularity = model("popularity", (asks) =>
    Promise.resolve(
      asks.map(({ top }) =>
        catalogue.courses.toReversed().slice(0, top).map((course) => ({ course, score: 0.5 }))
      ),
    ));
  const handler = handlerOf({
    runTag: "20260130_075435",
    recommenders: [model("gru_global"), model("sasrec")],
    fallback: popularity,
    defaultModel: "gru_global",
    limits: { ...LIMITS, ...limits },
    version: "0.1.0",
    report: (error) => errors.push(error),
    ...more,
  });
  return { handler, errors, catalogue };
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

/** A GET. */
export function get(path: string, headers: Record<string, string> = {}): Request {
  return new Request(`http://localhost${path}`, { headers });
}
