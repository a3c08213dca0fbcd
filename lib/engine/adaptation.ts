/**
 * The seam of few-shot adaptation: many small trainings side by side, each from the same start with
 * its own copy of the parameters, and the outer steps of meta-training over them. As an engine, it
 * is stateful inside and pure at its edges.
 */
import type { NeuralModel } from "../models/neural.ts";
import type { Parameters } from "../models/parameters.ts";
import type { TaskWindows } from "../samplers/task_windows.ts";
import type { AdamConfig, TrainingState } from "./engine.ts";

/** What may move inside: the output layer's bias, the output layer, everything. */
export const MOVES = ["bias", "head", "all"] as const;
/** One of them. */
export type Moves = typeof MOVES[number];

/** How a task adapts: steps on the mean cross-entropy of its support. */
export interface InnerLoop {
  readonly optimizer: "sgd" | "adam";
  readonly moves: Moves;
  readonly rate: number;
  readonly steps: number;
}

/**
 * How the start learns. `first_order`: the queries' gradient at the adapted parameters (FOMAML);
 * `second_order`: through the inner steps, which must be SGD (MAML; ANIL where only the head
 * moves); `reptile`: towards the adapted parameters.
 */
export interface OuterLoop {
  readonly method: "first_order" | "second_order" | "reptile";
  /** Whether one inner rate a tensor is learnt too (Meta-SGD); wants `second_order`. */
  readonly learnsRates: boolean;
  /** The gradient is scaled down to this norm. */
  readonly clipNorm: number;
}

/** Inner rates that are learnt, one a tensor, in the order of the parameters' specs. */
export interface LearntRates {
  readonly values: readonly number[];
  readonly firstMoments: readonly number[];
  readonly secondMoments: readonly number[];
}

/** Everything that meta-training changes. */
export interface MetaState extends TrainingState {
  readonly rates?: LearntRates;
}

/** A mean over tasks. */
export interface OuterGradient {
  /** Mean of what `trainOuter` reports as loss. */
  readonly loss: number;
  readonly gradients: Parameters;
  /** By tensor, where rates are learnt. */
  readonly rateGradients?: readonly number[];
}

/** A task's own training. */
export interface AdaptedTask {
  readonly parameters: Parameters;
  /** The support's loss before each step. */
  readonly losses: readonly number[];
}

/** What it is made from. */
export interface AdaptationOptions {
  readonly model: NeuralModel;
  readonly state: MetaState;
  /** The outer steps' Adam. */
  readonly optimizer: AdamConfig;
  readonly threads?: number;
}

/** Adapts tasks and trains the start from which they adapt. Calls are made one after another. */
export interface Adaptation {
  readonly name: "wasm" | "webgpu";
  /** What it runs on, for people. */
  readonly device: string;
  /** Courses of the catalogue. */
  readonly nItems: number;
  /** Every task adapted by itself. @throws RangeError for a loss that is not finite. */
  adapt(tasks: TaskWindows, inner: InnerLoop): Promise<readonly AdaptedTask[]>;
  /**
   * Logits [queries × nItems] after each number of steps in `after`, which goes up; the queries'
   * windows are "apart". A task whose training diverges answers with what it has come to.
   */
  answer(
    tasks: TaskWindows,
    inner: InnerLoop,
    after: readonly number[],
  ): Promise<readonly Float32Array[]>;
  /** The outer gradient, before it is clipped; changes nothing. */
  outerGradient(tasks: TaskWindows, inner: InnerLoop, outer: OuterLoop): Promise<OuterGradient>;
  /**
   * Takes outer steps; step s trains on the tasks offsets[s] .. offsets[s + 1]. Returns each step's
   * mean loss before it: of the queries; for `reptile` of the support before the last inner step.
   */
  trainOuter(
    tasks: TaskWindows,
    offsets: Int32Array,
    inner: InnerLoop,
    outer: OuterLoop,
  ): Promise<Float64Array>;
  /** A copy of the state as of the last outer step. */
  export(): Promise<MetaState>;
  dispose(): void;
}

/** Makes one; each engine that has it exports one. */
export type CreateAdaptation = (options: AdaptationOptions) => Promise<Adaptation>;
