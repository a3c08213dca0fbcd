/** MLflow's REST interface (2.0), as far as a tracker needs it. Every call has a time limit. */
import { isRecord } from "../../files/json.ts";

/** Milliseconds for an answer; a file gets as many more as its bytes take at a slow 256 KB/s. */
const ANSWER_MS = 5000;
const UPLOAD_BYTES_PER_MS = 256;

/** What the server said no to: the same would be refused again. */
export class Refused extends Error {}

/** Names and texts as MLflow wants them. */
export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** One value of a metric. */
export interface MetricPoint {
  readonly key: string;
  readonly value: number;
  /** Unix time in milliseconds. */
  readonly timestamp: number;
  readonly step: number;
}

/** A run on the server. */
export interface RemoteRun {
  readonly id: string;
  readonly artifacts: string;
  /** Whether it was there before. */
  readonly isOld: boolean;
}

/** Asks one server. */
export interface MlflowClient {
  /** The experiment's id; it is made where it is not there. */
  experiment(name: string): Promise<string>;
  /** The run that has these tags, made where there is none: asking twice makes one. */
  run(experiment: string, name: string, tags: readonly Pair[]): Promise<RemoteRun>;
  log(
    run: RemoteRun,
    what: { metrics?: readonly MetricPoint[]; params?: readonly Pair[] },
  ): Promise<
    void
  >;
  upload(run: RemoteRun, path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Sets RUNNING, FINISHED, FAILED or KILLED. */
  status(run: RemoteRun, status: string): Promise<void>;
}

/** Where the server is, what proves the user, and what ends every call. */
export interface Server {
  /** Without a slash at its end. */
  readonly url: string;
  readonly authorization?: string;
  readonly signal: AbortSignal;
}

/** A client of `server`. Its functions throw `Refused`, or another error that may pass. */
export function mlflowClient(server: Server): MlflowClient {
  const api = async (path: string, body: unknown) => {
    const init = {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    };
    return parsed(await ask(server, `/api/2.0/mlflow/${path}`, init, ANSWER_MS));
  };
  const runIn = (answer: unknown, isOld: boolean): RemoteRun => ({
    id: textAt(answer, "run", "info", "run_id"),
    artifacts: textAt(answer, "run", "info", "artifact_uri"),
    isOld,
  });
  return {
    async experiment(name) {
      try {
        const query = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
        const found = await ask(server, `/api/2.0/mlflow/${query}`, {}, ANSWER_MS);
        return textAt(parsed(found), "experiment", "experiment_id");
      } catch (error) {
        if (!(error instanceof Refused && error.message.includes("RESOURCE_DOES_NOT_EXIST"))) {
          throw error;
        }
        return textAt(await api("experiments/create", { name, tags: KIND }), "experiment_id");
      }
    },
    async run(experiment, name, tags) {
      const filter = tags.filter(({ key }) => key.startsWith(OWN_TAG)).map(({ key, value }) =>
        `tags.\`${key}\` = '${value}'`
      ).join(" and ");
      const query = { experiment_ids: [experiment], filter, max_results: 1 };
      const { runs } = await api("runs/search", query) as { runs?: unknown[] };
      if (runs !== undefined && runs.length > 0) return runIn({ run: runs[0] }, true);
      const asked = { experiment_id: experiment, run_name: name, start_time: Date.now(), tags };
      return runIn(await api("runs/create", asked), false);
    },
    async log({ id }, what) {
      await api("runs/log-batch", { run_id: id, ...what });
    },
    async upload({ artifacts }, path, bytes) {
      const [, place] = /^mlflow-artifacts:\/+(.*)$/.exec(artifacts) ?? [];
      if (place === undefined) throw new Refused(`it keeps files elsewhere, in ${artifacts}`);
      const url = [place, path].join("/").split("/").map(encodeURIComponent).join("/");
      const init = { method: "PUT", body: bytes };
      const limit = ANSWER_MS + bytes.length / UPLOAD_BYTES_PER_MS;
      await ask(server, `/api/2.0/mlflow-artifacts/artifacts/${url}`, init, limit);
    },
    async status({ id }, status) {
      const end = status === "RUNNING" ? {} : { end_time: Date.now() };
      await api("runs/update", { run_id: id, status, ...end });
    },
  };
}

/** What MLflow shows of an experiment first: runs of training, not traces. */
const KIND = [{ key: "mlflow.experimentKind", value: "custom_model_development" }];

/** Tags by which a run is found again begin so. */
export const OWN_TAG = "coldstart.";

/** The text of an answer. A redirection is not followed: this host alone is spoken to. */
async function ask(
  { url, authorization, signal }: Server,
  path: string,
  init: RequestInit,
  limit: number,
): Promise<string> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new Error(`no answer in ${Math.round(limit / 1000)} s`)),
    limit,
  );
  try {
    const response = await fetch(url + path, {
      ...init,
      headers: { ...init.headers, ...authorization !== undefined && { authorization } },
      redirect: "manual",
      signal: AbortSignal.any([signal, late.signal]),
    });
    const text = await response.text();
    if (response.ok) return text;
    const said = `it answered ${response.status} ${text.slice(0, 200)}`.trim();
    const mayPass = response.status >= 500 || response.status === 429 || response.status === 408;
    throw mayPass ? new Error(said) : new Refused(said);
  } catch (error) {
    // what fetch throws says why in its cause
    throw error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  } finally {
    clearTimeout(timer);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(`it answers with no JSON: ${text.slice(0, 80)}`);
  }
}

function textAt(value: unknown, ...path: readonly string[]): string {
  let at = value;
  for (const key of path) at = isRecord(at) ? at[key] : undefined;
  if (typeof at === "string") return at;
  throw new Refused(`its answer has no ${path.join(".")}`);
}
