/**
 * Writes event files that TensorBoard reads, one a model, into the run's own folder:
 * `tensorboard --logdir reports` shows every run's models in the same charts.
 */
import { appendFile } from "../../files/append.ts";
import { makeFolder } from "../../files/atomic.ts";
import { within } from "../../files/confine.ts";
import type { Parameters, TrackedRun, Tracker } from "../tracker.ts";
import {
  hparamsEndEvent,
  hparamsEvent,
  scalarsEvent,
  startEvent,
  textEvent,
  versionEvent,
} from "./event.ts";
import { concat } from "./protobuf.ts";
import { tfRecord } from "./record.ts";

/** A tracker into `folder`, a path in the run's folder. `now` gives Unix time in seconds. */
export function tensorboardTracker(
  run: TrackedRun,
  folder: string,
  now: () => number = () => Date.now() / 1000,
): Tracker {
  const begun = now();
  // a resumed run writes a file of its own, which comes after the earlier ones
  const name = `events.out.tfevents.${Math.floor(begun)}.${Math.floor(1e6 * (begun % 1))}`;
  const started = new Set<string>();
  const append = async (model: string, ...events: readonly Uint8Array[]) => {
    const path = await within(run.folder, `${folder}/${model}/${name}`);
    const first = started.has(model) ? [] : opening(run, model, now());
    await appendFile(path, concat(...[...first, ...events].map(tfRecord)));
    started.add(model);
  };
  return {
    async begin() {
      for (const model of Object.keys(run.models)) {
        await makeFolder(await within(run.folder, `${folder}/${model}`));
      }
    },
    async epoch(model, epoch, values) {
      const moment = { time: now(), step: epoch };
      // a killed run may have told this epoch before it was saved: it counts once
      const anew = started.has(model) ? [] : [startEvent(moment)];
      await append(model, ...anew, scalarsEvent(moment, values));
    },
    async metrics(model, epochs, values) {
      await append(model, scalarsEvent({ time: now(), step: epochs }, values));
    },
    artifact: async () => {},
    async end(how) {
      for (const model of started) {
        await append(model, hparamsEndEvent({ time: now(), step: 0 }, how === "finished"));
      }
    },
  };
}

/** What a model's file begins with. */
function opening(run: TrackedRun, model: string, time: number): Uint8Array[] {
  const parameters = { ...run.parameters, ...run.models[model] };
  const first = { time, step: 0 };
  return [
    versionEvent(time),
    textEvent(first, "parameters", markdown(parameters)),
    hparamsEvent(first, run.title ?? `${run.tag}/${model}`, parameters),
  ];
}

function markdown(parameters: Parameters): string {
  const cell = (value: unknown) => `${value}`.replaceAll("|", "\\|").replaceAll("\n", " ");
  const rows = Object.entries(parameters).map(([key, value]) => `| ${key} | ${cell(value)} |`);
  return ["| parameter | value |", "|---|---|", ...rows].join("\n");
}
