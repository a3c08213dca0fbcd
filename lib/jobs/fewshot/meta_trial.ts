/** Tries a meta-trained method: trains its start, keeps the best by validation, then the test. */
import { ADAM } from "../../engine/engine.ts";
import type { CreateAdaptation, InnerLoop, MetaState, OuterLoop } from "../../engine/adaptation.ts";
import { startingState } from "../../engine/training_state.ts";
import type { FittedNetwork } from "../../baselines/neural.ts";
import { selectionAmong } from "../../fewshot/choose.ts";
import { knobsText } from "../../fewshot/fine_tune.ts";
import type { MetaMethod, MetaStart } from "../../fewshot/meta_methods.ts";
import { taskDraws } from "../../fewshot/meta_tasks.ts";
import { adaptedMethod, type MetaProgress, metaTrain } from "../../fewshot/meta_train.ts";
import type { Split } from "../../dataset/dataset.ts";
import { highestOf, scoreOfRanks } from "../../evaluation/selection.ts";
import { type NeuralModel, parameterSpecs } from "../../models/neural.ts";
import type { Job } from "../job.ts";
import type { FewshotConfig } from "./config.ts";
import { type MetaOwner, readMetaCheckpoint, writeMetaCheckpoint } from "./meta_checkpoint.ts";
import { type Ground, onTest, ranksWith, type Trial } from "./trial.ts";

/** What meta-training works with. */
export interface MetaGround extends Ground {
  readonly fitted: FittedNetwork;
  readonly train: Split;
  readonly create: CreateAdaptation;
  /** The folder of the run's checkpoints, and the hash that they carry. */
  readonly checkpoints: string;
  readonly key: string;
}

/** A meta-trained method's trial and the start that it keeps; none when told to stop. */
export interface MetaTrial extends Trial {
  readonly parameters: MetaState["parameters"];
}

/**
 * Tries one method from one start. Answers nothing when told to stop while it trains; what was done
 * is saved. @throws Interrupted when told to stop later.
 */
export async function tryMetaMethod(
  { config, terminal, signal }: Job<FewshotConfig>,
  method: MetaMethod,
  start: MetaStart,
  ground: MetaGround,
): Promise<MetaTrial | undefined> {
  const { fitted: { model }, metric, validation, test, train, create, checkpoints, key } = ground;
  const name = `${method.name}_${start}`;
  const title = `${method.title}, ${
    start === "warm" ? "from the base model" : "from random weights"
  }`;
  const begin = performance.now();
  const path = `${checkpoints}/${name}.safetensors`;
  const owner: MetaOwner = { method: name, model, key };
  const inner: InnerLoop = {
    optimizer: "sgd",
    moves: method.moves,
    rate: config.innerRate,
    steps: config.innerSteps,
  };
  const outer: OuterLoop = { ...method.outer, clipNorm: config.clipNorm };
  const from = await readMetaCheckpoint(path, owner, terminal.warn);
  const state = from?.state ?? startOf(ground, config, method, start);
  const computing = {
    model,
    optimizer: { ...ADAM, learningRate: start === "warm" ? config.warmRate : config.outerRate },
    threads: config.threads || undefined,
  };
  const done = terminal.stage(`Meta-train ${name}`);
  if (from !== undefined) terminal.line(`   going on from step ${from.state.step}`);
  const bar = terminal.progress(name, config.metaSteps);
  bar.update(state.step);
  const adaptation = await create({ ...computing, state });
  let saved = performance.now();
  let progress: MetaProgress;
  try {
    progress = await metaTrain(
      adaptation,
      {
        inner,
        outer,
        steps: config.metaSteps,
        validateEvery: config.validateEvery,
        metric,
        maxLen: model.maxLen,
      },
      taskDraws(train, config.tasks as "users" | "episodes", config.metaBatch, config.seed),
      validation,
      {
        from,
        watch: async (now) => {
          const { value, loss } = now.checked[now.checked.length - 1];
          bar.update(now.state.step, `${metric} ${value.toFixed(4)} ${loss?.toFixed(3) ?? ""}`);
          const stop = signal.received() !== undefined;
          const due = performance.now() - saved >= 1000 * config.checkpointEvery;
          if (stop || due || now.state.step === config.metaSteps) {
            await writeMetaCheckpoint(path, owner, now);
            saved = performance.now();
          }
          return stop ? "stop" : undefined;
        },
      },
    );
  } finally {
    bar.end();
    adaptation.dispose();
  }
  if (progress.state.step < config.metaSteps) return undefined;
  const { best } = progress;
  const kept = await create({ ...computing, state: best });
  try {
    const adapted = adaptedMethod(kept, inner, model.maxLen);
    const asItIs = adaptedMethod(kept, { ...inner, steps: 0 }, model.maxLen);
    const cells = progress.checked.map(({ step, value, loss }) => ({
      knobs: { step },
      value,
      ...(loss !== undefined && { loss }),
    }));
    const none = scoreOfRanks(ground.zeroShot.validation)[metric];
    const highest = cells[highestOf(cells.map(({ value }) => value))];
    const selection = selectionAmong(metric, [{ value: none }, ...cells]);
    done(
      `${knobsText(highest.knobs)}, ${metric} ${highest.value.toFixed(4)} on validation` +
        (selection.chosen === undefined ? `; no adaptation ${none.toFixed(4)}: not chosen` : ""),
    );
    const { test: same } = ground.zeroShot;
    const answered = selection.chosen === undefined
      ? { ranks: same, placebo: same, noInnerLoop: same }
      : {
        ...await onTest(
          { terminal, signal },
          name,
          test,
          (tasks, did) => ranksWith(adapted, tasks, {}, did),
        ),
        noInnerLoop: await ranksWith(asItIs, test, {}),
      };
    return {
      name,
      title,
      selection,
      ...answered,
      seconds: (performance.now() - begin) / 1000,
      parameters: best.parameters,
    };
  } finally {
    kept.dispose();
  }
}

/** Fresh weights, or the base model's; where rates are learnt, they begin as the inner rate. */
function startOf(
  { fitted: { model, parameters } }: MetaGround,
  { seed, innerRate }: FewshotConfig,
  { outer: { learnsRates } }: MetaMethod,
  start: MetaStart,
): MetaState {
  const state = startingState(model, seed, start === "warm" ? parameters : undefined);
  return learnsRates ? { ...state, rates: freshRates(model, innerRate) } : state;
}

function freshRates(model: NeuralModel, rate: number) {
  const each = (value: number) => parameterSpecs(model).map(() => value);
  return { values: each(rate), firstMoments: each(0), secondMoments: each(0) };
}
