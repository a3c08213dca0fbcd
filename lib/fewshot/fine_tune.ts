/**
 * Fine-tuning on the support, each learner from the base model's parameters: the output layer's
 * bias, the output layer, or everything.
 */
import type { Adaptation, InnerLoop, Moves } from "../engine/adaptation.ts";
import { taskWindows } from "../samplers/task_windows.ts";
import { gridOf, type Knobs, type Method, portions } from "./method.ts";
import type { Task } from "./task.ts";
import { turnTaking } from "./turns.ts";

/** Optimiser, rate and number of steps. */
export type FineTuneKnobs = {
  readonly optimizer: InnerLoop["optimizer"];
  readonly rate: number;
  readonly steps: number;
};

/** What a fine-tuning method is, without an engine. */
interface FineTuning {
  readonly name: string;
  readonly title: string;
  readonly moves: Moves;
  readonly rates: Readonly<Record<InnerLoop["optimizer"], readonly number[]>>;
}

/** Steps of the grids: their answers are taken on the way of one training. */
const STEPS = [1, 5, 10];

/**
 * Rates by what moves: a bias has one small gradient a course, so that it takes the largest; Adam's
 * are about the change of every value a step, and so smaller where more moves.
 */
const METHODS: readonly FineTuning[] = [
  {
    name: "fine_tune_bias",
    title: "fine-tuned output bias",
    moves: "bias",
    rates: { sgd: [0.1, 0.3, 1, 3], adam: [0.01, 0.03, 0.1, 0.3] },
  },
  {
    name: "fine_tune_head",
    title: "fine-tuned output layer",
    moves: "head",
    rates: { sgd: [0.01, 0.03, 0.1, 0.3], adam: [0.0003, 0.001, 0.003, 0.01] },
  },
  {
    name: "fine_tune",
    title: "fine-tuned network",
    moves: "all",
    rates: { sgd: [0.01, 0.03, 0.1, 0.3], adam: [0.0001, 0.0003, 0.001, 0.003] },
  },
];

/** Names of the fine-tuning methods. */
export const FINE_TUNING_NAMES: readonly string[] = METHODS.map(({ name }) => name);

/** The methods over an adaptation that starts from the base model. */
export function fineTuningMethods(
  adaptation: Adaptation,
  maxLen: number,
): readonly Method[] {
  return METHODS.map(({ name, title, moves, rates }) => ({
    name,
    title,
    grid: (["sgd", "adam"] as const).flatMap((optimizer) =>
      gridOf<FineTuneKnobs>({ optimizer: [optimizer], rate: rates[optimizer], steps: STEPS })
    ),
    answer: (tasks, cells, visit) =>
      answerWith(
        adaptation,
        { moves, nItems: adaptation.nItems, maxLen },
        tasks,
        cells as readonly FineTuneKnobs[],
        visit,
      ),
  }));
}

/** What answering needs to know of method and model. */
interface Answering {
  readonly moves: Moves;
  readonly nItems: number;
  readonly maxLen: number;
}

/** Cells that differ in their steps alone are answered by one training. */
async function answerWith(
  adaptation: Adaptation,
  { moves, nItems, maxLen }: Answering,
  tasks: readonly Task[],
  cells: readonly FineTuneKnobs[],
  visit: Parameters<Method["answer"]>[2],
): Promise<void> {
  const trainings = new Map<string, number[]>();
  cells.forEach(({ optimizer, rate }, cell) => {
    const key = `${optimizer} ${rate}`;
    trainings.set(key, [...trainings.get(key) ?? [], cell]);
  });
  const turn = turnTaking();
  for (const [from, to] of portions(tasks, nItems)) {
    const part = tasks.slice(from, to);
    const windows = windowsOfTasks(part, maxLen);
    for (const same of trainings.values()) {
      const { optimizer, rate } = cells[same[0]];
      const after = [...new Set(same.map((cell) => cells[cell].steps))].sort((a, b) => a - b);
      const inner = { optimizer, moves, rate, steps: after[after.length - 1] };
      const answers = await adaptation.answer(windows, inner, after);
      for (const cell of same) {
        visitRows(
          part,
          nItems,
          answers[after.indexOf(cells[cell].steps)],
          (task, scores) => visit(cell, from + task, scores),
        );
      }
      await turn();
    }
  }
}

/** Tasks as the engine takes them: the queries apart and without labels. */
export function windowsOfTasks(tasks: readonly Task[], maxLen: number) {
  return taskWindows(
    tasks.map(({ support, queries }) => ({
      support: support.pairs,
      queries: queries.map(({ prefix }) => ({ prefix, label: 0 })),
    })),
    maxLen,
    "apart",
  );
}

/** Shows each task's rows of answers. */
export function visitRows(
  tasks: readonly Task[],
  nItems: number,
  answers: Float32Array,
  visit: (task: number, scores: Float32Array) => void,
): void {
  let at = 0;
  tasks.forEach(({ queries }, task) => {
    visit(task, answers.subarray(at, at += queries.length * nItems));
  });
}

/** Knobs of a cell in words. */
export function knobsText(knobs: Knobs | undefined): string {
  if (knobs === undefined) return "no adaptation";
  return Object.entries(knobs).map(([name, value]) => `${name} ${value}`).join(", ");
}
