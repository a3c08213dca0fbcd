/**
 * A barrier for the engine's threads in shared memory. A thread that fails raises the alarm, and
 * nobody waits for it.
 */

/** Words of a barrier: threads arrived, generation, alarm. */
export const BARRIER_WORDS = 4;

/** Looks before a thread sleeps: about 0.1 ms. To be woken takes as long, and a step has six. */
const SPINS = 50_000;
const WAIT_MS = 500;

/** Thrown in the threads that another's failure ends. */
export class Abandoned extends Error {
  override readonly name = "Abandoned";
}

/** Waits until all `threads` have come. `words` begins with the barrier's words. */
export function barrier(words: Int32Array, threads: number): void {
  if (threads === 1) return;
  const generation = Atomics.load(words, 1);
  if (Atomics.add(words, 0, 1) === threads - 1) {
    Atomics.store(words, 0, 0);
    Atomics.add(words, 1, 1);
    Atomics.notify(words, 1);
    return;
  }
  for (let i = 0; i < SPINS; i++) if (Atomics.load(words, 1) !== generation) return;
  while (Atomics.load(words, 1) === generation) {
    Atomics.wait(words, 1, generation, WAIT_MS);
    if (Atomics.load(words, 2) !== 0) throw new Abandoned("another thread failed");
  }
}

/** Raises the alarm: every waiting thread gives up. */
export function raiseAlarm(words: Int32Array): void {
  Atomics.store(words, 2, 1);
  Atomics.notify(words, 1);
}
