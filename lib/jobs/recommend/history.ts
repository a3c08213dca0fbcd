/**
 * Answers for a learner whose earlier sessions are known: by a few-shot method, with the knobs that
 * a finished few-shot run chose for the model. Each answer begins from the model as it is; nothing
 * of one learner is kept for the next.
 */
import type { Computing } from "../../baselines/baseline.ts";
import type { FittedNetwork } from "../../baselines/neural.ts";
import { ADAM } from "../../engine/engine.ts";
import { startingState } from "../../engine/training_state.ts";
import type { Fault } from "../../errors/input_error.ts";
import { baseOf } from "../../fewshot/base.ts";
import { fineTuningMethods } from "../../fewshot/fine_tune.ts";
import type { Knobs, Method } from "../../fewshot/method.ts";
import { askedOf, supportOfSessions } from "../../fewshot/task.ts";
import { untrainedMethods } from "../../fewshot/untrained.ts";
import type { Scores } from "../../metrics/rank.ts";
import type { FewshotDocuments } from "../../runs/fewshot_documents.ts";
import { newestFewshot } from "../../runs/read_fewshot.ts";
import { outFlag } from "../../errors/shell_words.ts";
import type { FittedModel } from "../models.ts";
import type { Ask } from "./recommend.ts";

/** The methods that answer within a request's time. */
export const HISTORY_METHODS = ["support_counts", "support_cache", "fine_tune_head"] as const;

/** A few-shot method that is ready to answer. */
export interface HistoryModel {
  /** The method's name. */
  readonly name: string;
  /** Its scores are logits. */
  readonly logits: boolean;
  /** [asks] scores of the catalogue, each ask by itself. */
  score(asks: readonly Ask[]): Promise<Scores[]>;
  dispose(): void;
}

/** Where few-shot runs of a model lie, and of which run it is. */
export interface HistoryFrom {
  readonly root: string;
  readonly runTag: string;
}

/** How a history is to be used. */
export interface HistoryAsked extends HistoryFrom {
  readonly method?: string;
  /** The run's models that are networks, for messages. */
  readonly networks: readonly string[];
}

/** The methods by which a model uses a history, or why there are none. */
export interface Histories {
  /** The best on validation episodes first. */
  readonly methods: readonly HistoryModel[];
  readonly lacking?: Fault;
}

/**
 * Opens the methods that the newest few-shot run that tried them chose for a model; of these
 * `method` alone, where one is named.
 */
export async function openHistories(
  { baseline, fitted }: FittedModel,
  { root, runTag, method, networks }: HistoryAsked,
  computing: Computing,
): Promise<Histories> {
  const methods: readonly string[] = method === undefined ? HISTORY_METHODS : [method];
  const doing = `using a learner's history with ${baseline.name}${
    method === undefined ? "" : ` by ${method}`
  }`;
  if (baseline.network === undefined) {
    return { methods: [], lacking: { doing, ...notANetwork(baseline.name, networks) } };
  }
  const run = await newestFewshot(root, { model: baseline.name, runTag, methods });
  if (run === undefined) {
    return {
      methods: [],
      lacking: { doing, ...untried(baseline.name, methods, { root, runTag }) },
    };
  }
  const chosen = chosenOf(run).filter(({ name }) => methods.includes(name));
  if (chosen.length === 0) {
    return { methods: [], lacking: { doing, ...nothingChosen(run, methods) } };
  }
  const { K } = run.results.k_shot_config;
  const opened: HistoryModel[] = [];
  for (const one of chosen) {
    opened.push(await openMethod(fitted as FittedNetwork, one, K, computing));
  }
  return { methods: opened };
}

type Lacking = Omit<Fault, "doing">;

function notANetwork(model: string, networks: readonly string[]): Lacking {
  return {
    found: `${model} is no network, and few-shot runs adapt networks alone`,
    wanted: networks.length === 0
      ? "a run with a network among its models; this one has none"
      : `one of the run's networks: ${networks.join(", ")}`,
    next: networks.length === 0
      ? "deno task baselines --models gru_global, then deno task fewshot"
      : `--model ${networks[0]}`,
  };
}

function untried(
  model: string,
  methods: readonly string[],
  { root, runTag }: HistoryFrom,
): Lacking {
  return {
    found: `no few-shot run of ${model} of the run ${runTag} has tried ${methods.join(", ")}`,
    wanted: "one that has chosen how a history is used",
    next: `deno task fewshot --run ${runTag} --base ${model} --methods ${methods.join()}` +
      outFlag(root),
  };
}

function nothingChosen({ results }: FewshotDocuments, methods: readonly string[]): Lacking {
  return {
    found: `the few-shot run ${results.run_tag} chose no adaptation for ${methods.join(", ")}`,
    wanted: "a method that beat the model as it is on validation episodes",
    next: "ask without the history: it is worth nothing here",
  };
}

/** A method's name and the knobs that were chosen for it. */
interface Chosen {
  readonly name: string;
  readonly knobs: Knobs;
}

/** What was chosen, the best value on validation episodes first. */
function chosenOf({ results, selection }: FewshotDocuments): readonly Chosen[] {
  const found = HISTORY_METHODS.flatMap((name) => {
    const knobs = results.methods[name]?.chosen ?? null;
    if (knobs === null) return [];
    const values = selection.methods[name].map(({ value }) => value);
    return [{ name, knobs: knobs as Knobs, value: Math.max(...values) }];
  });
  return found.sort((a, b) => b.value - a.value);
}

/** A learner's few pairs are so little work that waking a second thread takes longer. */
const THREADS = 1;

async function openMethod(
  { model, parameters }: FittedNetwork,
  { name, knobs }: Chosen,
  k: number,
  { create }: Computing,
): Promise<HistoryModel> {
  const state = startingState(model, 0, parameters);
  const { method, dispose } = await (name === "fine_tune_head" ? tuned() : untrained());

  async function tuned() {
    const { createWasmAdaptation } = await import("../../engine/wasm/tasks/adaptation.ts");
    const adaptation = await createWasmAdaptation({
      model,
      state,
      optimizer: ADAM,
      threads: THREADS,
    });
    return {
      method: find(fineTuningMethods(adaptation, model.maxLen)),
      dispose: () => adaptation.dispose(),
    };
  }

  async function untrained() {
    const engine = await create({ model, state, optimizer: ADAM, seed: 0, threads: THREADS });
    return {
      method: find(untrainedMethods(baseOf(engine, model))),
      dispose: () => engine.dispose(),
    };
  }

  function find(methods: readonly Method[]): Method {
    return methods.find((one) => one.name === name)!;
  }

  return {
    name,
    logits: name === "fine_tune_head",
    async score(asks) {
      const tasks = asks.map(({ session, history = [] }) => {
        const support = supportOfSessions(history, k);
        return { support, queries: [askedOf(support, session)] };
      });
      const rows: Scores[] = [];
      await method.answer(tasks, [knobs], (_, task, scores) => rows[task] = scores);
      return rows;
    },
    dispose,
  };
}
