/** The simulations by name, and who runs them. */
import { type Cell, coverage, falsePages, falseRuns, pair, randomCoverage } from "./simulate.ts";

/** Every kind of simulation of a cell. */
export const SIMULATIONS = { coverage, pair, randomCoverage, falseRuns, falsePages } as const;

/** What each kind gives. */
export type Results = {
  [K in keyof typeof SIMULATIONS]: ReturnType<(typeof SIMULATIONS)[K]>;
};

/** Runs a simulation, here or in a thread. */
export type Simulate = <K extends keyof Results>(kind: K, cell: Cell) => Promise<Results[K]>;
