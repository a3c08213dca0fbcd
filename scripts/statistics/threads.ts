/**
 * Deals cells to threads. Each cell draws from a stream of its own, so that the numbers do not
 * depend on who simulates what.
 */
import type { Cell } from "./simulate.ts";
import type { Results, Simulate } from "./simulations.ts";

/** A cell that is asked for. */
export interface Asked {
  readonly id: number;
  readonly kind: keyof Results;
  readonly cell: Cell;
}

/** What it gave. */
export interface Answered {
  readonly id: number;
  readonly value: Results[keyof Results];
}

/** Runs `use` with as many threads as the machine has cores. */
export async function withThreads<T>(use: (simulate: Simulate) => Promise<T>): Promise<T> {
  const threads = Array.from(
    { length: navigator.hardwareConcurrency },
    () => new Worker(new URL("worker.ts", import.meta.url), { type: "module" }),
  );
  const waiting: Asked[] = [];
  const idle = [...threads];
  const settle = new Map<number, PromiseWithResolvers<Results[keyof Results]>>();
  let asked = 0;
  const deal = () => {
    while (idle.length > 0 && waiting.length > 0) idle.pop()!.postMessage(waiting.shift());
  };
  for (const thread of threads) {
    thread.onmessage = ({ data: { id, value } }: MessageEvent<Answered>) => {
      settle.get(id)!.resolve(value);
      idle.push(thread);
      deal();
    };
    thread.onerror = (event) => {
      event.preventDefault();
      for (const { reject } of settle.values()) reject(new Error(event.message));
    };
  }
  try {
    return await use(<K extends keyof Results>(kind: K, cell: Cell) => {
      const id = asked++;
      const answer = Promise.withResolvers<Results[keyof Results]>();
      settle.set(id, answer);
      waiting.push({ id, kind, cell });
      deal();
      return answer.promise as Promise<Results[K]>;
    });
  } finally {
    for (const thread of threads) thread.terminate();
  }
}
