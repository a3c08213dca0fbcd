/**
 * Tells an MLflow server of a run: one run there with a nested one a model, in which parameters,
 * metrics and files lie. Nothing waits for the server but the run's end, and that not long.
 */
import { readBytes } from "../../files/input_file.ts";
import type { Parameters, TrackedEnd, TrackedRun, Tracker } from "../tracker.ts";
import { backlog } from "./backlog.ts";
import { type MlflowClient, mlflowClient, OWN_TAG, type Pair, type RemoteRun } from "./client.ts";

/** Where the runs go. */
export interface MlflowPlace {
  /** The server's address, without a slash at its end. */
  readonly url: string;
  /** The experiment's name. */
  readonly experiment: string;
  readonly authorization?: string;
}

/** Milliseconds at a run's end for what was not taken before; less when the user wants to stop. */
const END_MS: Readonly<Record<TrackedEnd, number>> = {
  finished: 30_000,
  stopped: 3000,
  failed: 3000,
};
const STATUS: Readonly<Record<TrackedEnd, string>> = {
  finished: "FINISHED",
  stopped: "KILLED",
  failed: "FAILED",
};
/** What a call may hold. */
const PARAMETERS = 100;
const LETTERS = 500;

/** A tracker that sends to `place`. */
export function mlflowTracker(
  run: TrackedRun,
  place: MlflowPlace,
  warn: (text: string) => void,
): Tracker {
  const controller = new AbortController();
  const client = mlflowClient({ ...place, signal: controller.signal });
  const queue = backlog({
    name: `MLflow at ${place.url}`,
    warn,
    cancel: () => controller.abort(new Error("given up")),
  });
  const runs = remoteRuns(client, run, place.experiment);
  const points = (model: string, epoch: number, values: Readonly<Record<string, number>>) => {
    const timestamp = Date.now();
    const metrics = Object.entries(values).filter(([, value]) => Number.isFinite(value)).map((
      [key, value],
    ) => ({ key: nameOf(key), value, timestamp, step: epoch }));
    queue.add(async () => await client.log(await runs.of(model), { metrics }));
  };
  return {
    begin() {
      queue.add(async () => void await runs.of());
    },
    epoch(model, epoch, values) {
      points(model, epoch, values);
    },
    metrics(model, epochs, values) {
      points(model, epochs, values);
    },
    artifact(path, model) {
      queue.add(async () => {
        const full = `${run.folder}/${path}`;
        await client.upload(
          await runs.of(model),
          path,
          await readBytes(full, { doing: `reading ${full}` }),
        );
      });
    },
    async end(how) {
      queue.add(async () => {
        for (const one of runs.known()) await client.status(await one, STATUS[how]);
      });
      await queue.finish(END_MS[how]);
      controller.abort();
    },
  };
}

/** The runs of the server, each found or made once. */
function remoteRuns(client: MlflowClient, run: TrackedRun, experimentName: string) {
  let experiment: string | undefined;
  const known = new Map<string, RemoteRun>();
  const open = async (key: string, name: string, tags: readonly Pair[], parameters: Parameters) => {
    const earlier = known.get(key);
    if (earlier !== undefined) return earlier;
    experiment ??= await client.experiment(experimentName);
    const own = [{ key: `${OWN_TAG}run_id`, value: run.id }, {
      key: `${OWN_TAG}model`,
      value: key,
    }];
    const opened = await client.run(experiment, name, [...own, ...SOURCE(run), ...tags]);
    if (opened.isOld) await client.status(opened, "RUNNING");
    // a parameter is said once: another value of it would be refused
    else await logParameters(client, opened, parameters);
    known.set(key, opened);
    return opened;
  };
  const groups = Object.entries(run.groups ?? {}).map(([key, value]) => ({ key, value }));
  const whole = run.isOneModel
    ? { ...run.parameters, ...Object.assign({}, ...Object.values(run.models)) }
    : run.parameters;
  const parent = () => open("", run.title ?? run.tag, groups, whole);
  return {
    /** The model's run, or the one that holds them all. */
    async of(model?: string): Promise<RemoteRun> {
      const { id } = await parent();
      if (model === undefined || run.isOneModel) return await parent();
      const tags = [{ key: "mlflow.parentRunId", value: id }, ...groups];
      return await open(model, model, tags, { ...run.parameters, ...run.models[model] });
    },
    known: () => [...known.values()],
  };
}

const SOURCE = ({ program }: TrackedRun): Pair[] => [
  { key: "mlflow.source.name", value: program },
  { key: "mlflow.source.type", value: "LOCAL" },
];

async function logParameters(
  client: MlflowClient,
  run: RemoteRun,
  parameters: Parameters,
): Promise<void> {
  const pairs = Object.entries(parameters).map(([key, value]) => ({
    key: nameOf(key),
    value: `${value}`.slice(0, LETTERS),
  }));
  for (let from = 0; from < pairs.length; from += PARAMETERS) {
    await client.log(run, { params: pairs.slice(from, from + PARAMETERS) });
  }
}

/** A name with the letters that MLflow allows: `recall@10` is `recall_at_10`. */
function nameOf(name: string): string {
  return name.replaceAll("@", "_at_").replace(/[^\w\-. /]/g, "_");
}
