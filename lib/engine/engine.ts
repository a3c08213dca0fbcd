/**
 * The seam between the models and what computes them. An engine trains and scores one neural model;
 * it is the only stateful object of the project and owns all device memory. Its edges are pure: a
 * record goes in, a record comes out.
 */
import type { Loss } from "../models/loss.ts";
import type { NeuralModel } from "../models/neural.ts";
import type { Parameters } from "../models/parameters.ts";
import type { Plan, Sequences, Windows } from "../samplers/sequences.ts";
import type { Tuned, Tuning } from "./tuning.ts";

/** Adam (Kingma & Ba 2015) as `torch.optim.Adam` without weight decay. */
export interface AdamConfig {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** PyTorch's defaults, which are the notebook's. */
export const ADAM: AdamConfig = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/**
 * Everything that training changes. Saving it and starting from it again continues as if nothing
 * had happened.
 */
export interface TrainingState {
  /** Optimiser steps taken. */
  readonly step: number;
  readonly parameters: Parameters;
  /** Adam's running mean of the gradients. */
  readonly firstMoments: Parameters;
  /** Adam's running mean of their squares. */
  readonly secondMoments: Parameters;
}

/** What an engine is made from. */
export interface EngineOptions {
  readonly model: NeuralModel;
  readonly state: TrainingState;
  /** The training windows, uploaded once. Absent for an engine that only scores. */
  readonly sequences?: Sequences;
  readonly optimizer: AdamConfig;
  /** What training minimises; default: cross-entropy. */
  readonly loss?: Loss;
  /** Seed of the dropout masks (`lib/random/dropout.ts`). */
  readonly seed: number;
  /** Number of threads, for engines that have them; default: the number of cores. */
  readonly threads?: number;
  /** For engines that can choose by time how they train, to do so; without it none does. */
  readonly tuning?: Tuning;
}

/** Trains and scores one neural model. Methods are called one after another, never at once. */
export interface Engine {
  readonly name: "tfjs" | "wasm" | "webgpu";
  /** What it runs on, for people: "wasm, 2 threads", "webgpu, NVIDIA H200". */
  readonly device: string;
  /** What was chosen by time, where that was asked for and could be. */
  readonly tuned?: Tuned;
  /**
   * Takes the optimiser steps of batches from..to-1 of the plan and returns each batch's mean loss
   * before its step. Fails with the batch's number when a loss is not finite. `next` gives the plan
   * that comes after this one: an engine whose work is elsewhere asks for it when it has nothing to
   * do but wait, and readies it. Changes no result.
   */
  train(plan: Plan, from: number, to: number, next?: () => Plan): Promise<Float64Array>;
  /**
   * The mean loss of one batch and its gradients, with the dropout masks of the next step; changes
   * nothing. For tests and inspection.
   */
  gradients(plan: Plan, batch: number): Promise<{ loss: number; gradients: Parameters }>;
  /**
   * Logits [windows × nItems], without dropout, each window on its own (no padding, whatever the
   * read-out).
   */
  score(windows: Windows): Promise<Float32Array>;
  /**
   * Hidden states [windows × hiddenDim], the ones that the output layer reads: the GRU's last
   * state, SASRec's last position after the final norm. Each window on its own, without dropout.
   */
  represent(windows: Windows): Promise<Float32Array>;
  /**
   * 1-based rank of each window's label among all courses, ties to the lower id, for catalogues
   * whose scores are too large to bring back. Engines without it are ranked from `score`.
   */
  rank?(windows: Windows, labels: Int32Array): Promise<Int32Array>;
  /** A copy of the state as of the last step. */
  export(): Promise<TrainingState>;
  /** Frees device memory, threads and buffers. */
  dispose(): void;
}

/** Makes an engine; each engine's file exports one. */
export type CreateEngine = (options: EngineOptions) => Promise<Engine>;
