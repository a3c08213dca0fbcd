/**
 * How much memory training takes on an engine, known before anything is allocated: so that sizes
 * that no device holds are refused at once, by name.
 */
import type { Plan, Sequences } from "../samplers/sequences.ts";
import type { EngineOptions } from "./engine.ts";

/** What is to be trained; without `batches`, what the model takes whatever the batches are. */
export interface TrainingWork extends Pick<EngineOptions, "model" | "loss" | "threads"> {
  readonly batches?: { readonly sequences: Sequences; readonly plan: Plan };
}

/** Bytes that are needed in one place, and how many that place holds. */
export interface MemoryUse {
  readonly bytes: number;
  readonly limit: number;
  /** The place, for people: "WebAssembly's memory". */
  readonly place: string;
}

/** Measures what training would take. @throws InputError for what the engine does not have. */
export type MeasureMemory = (work: TrainingWork) => Promise<MemoryUse> | MemoryUse;

/** All that a WebAssembly memory of 32-bit addresses can hold. */
export const WASM_BYTES: number = 2 ** 32;

/** Bytes of a trained value in four records: itself, its gradient and Adam's two moments. */
export const TRAINED_BYTES = 16;
