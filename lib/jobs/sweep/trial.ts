/** A trial: one model is fitted with one choice of settings and scores the validation episodes. */
import { queriesOf } from "../../evaluation/queries.ts";
import { selectorOn } from "../../evaluation/selection.ts";
import { makeFolder } from "../../files/atomic.ts";
import type { TrialResult } from "../../runs/sweep_documents.ts";
import type { TrackedEnd } from "../../track/tracker.ts";
import { trainingOf } from "../baselines/config.ts";
import { fitOn } from "../baselines/fit_model.ts";
import { checkSizes } from "../baselines/train.ts";
import { scoreOf, validationNames, validationOf } from "../baselines/validation.ts";
import { baselineOf, openScorer } from "../models.ts";
import type { Bench } from "./bench.ts";
import { metricOf } from "./choose.ts";
import { planOf } from "./data.ts";
import { configOf } from "./sweep_config.ts";
import { trackTrial } from "./tracking.ts";
import type { Unit } from "./units.ts";

/**
 * Runs it; the test episodes are not asked. Undefined when told to stop: a checkpoint holds what
 * was done.
 */
export async function runTrial(
  bench: Bench,
  unit: Extract<Unit, { kind: "trial" }>,
): Promise<TrialResult | undefined> {
  const { home, sweep, readData } = bench;
  const { name, model, settings, seed, data } = unit.trial;
  const folder = planOf(sweep.data, data).folder;
  const asked = { models: { [model]: settings }, seed, data: folder };
  const config = configOf(sweep, bench.baselines, asked, home.root);
  const job = { ...bench, config };
  const dataset = await readData(data);
  await checkSizes(job, dataset);
  const baseline = baselineOf(bench.baselines, model, "reading sweep.json");
  const checkpoints = `${home.folder}/checkpoints/${name}`;
  await makeFolder(checkpoints);
  const tracker = await trackTrial(bench, unit, config);
  let end: TrackedEnd = "failed";
  try {
    const fit = await fitOn(job, { dataset, key: name, resumed: true, checkpoints, tracker }, {
      baseline,
      settings: config.own[model],
      training: trainingOf(config),
      validation: validationOf(config, dataset),
      noteOf: (cursor) => scoreOf(config, cursor),
    });
    if (fit === undefined) {
      end = "stopped";
      return undefined;
    }
    const metric = metricOf(sweep);
    const queries = queriesOf(dataset.splits.val);
    const computing = { create: bench.device.create, threads: config.threads };
    const validation = await selectorOn(queries, metric).measure(() =>
      openScorer({ baseline, fitted: fit.fitted }, computing)
    );
    const { epoch_losses: losses, kept_epoch } = fit.training;
    await tracker.metrics(model, losses?.length ?? 0, validationNames(validation));
    end = "finished";
    return {
      ...{ name, model, settings, seed, data, metric, validation },
      n_queries: queries.labels.length,
      ...losses && { epochs: losses.length },
      ...kept_epoch !== undefined && { kept_epoch },
    };
  } finally {
    await tracker.end(end);
  }
}
