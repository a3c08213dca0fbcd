/** A thread that simulates one cell after the other. */
/// <reference lib="deno.worker" />
import { SIMULATIONS } from "./simulations.ts";
import type { Answered, Asked } from "./threads.ts";

self.onmessage = ({ data: { id, kind, cell } }: MessageEvent<Asked>) => {
  const answer: Answered = { id, value: SIMULATIONS[kind](cell) };
  self.postMessage(answer);
};
