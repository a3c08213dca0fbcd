/**
 * Questions that arrive together are answered by one call: an engine works on one batch at a time
 * and does many as easily as one.
 */
import { setImmediate } from "node:timers";

/** A queue before something that answers batches. */
export interface Batching<A, R> {
  /** Answers for the questions, in their order. Rejects when the batch they were in fails. */
  ask(questions: readonly A[]): Promise<R[]>;
  /** Questions that wait or are being answered. */
  pending(): number;
  /** Calls made so far. */
  calls(): number;
}

/**
 * Puts a queue before `answer`, which is never called twice at once. A call takes what waits, whole
 * requests at a time, up to `maxBatch` questions (a larger request goes alone). It is put off to
 * the end of the event loop's turn, so that requests read in the same turn, such as those that came
 * in while the last call held the thread, go together; nobody waits for a timer.
 */
export function batching<A, R>(
  answer: (questions: readonly A[]) => Promise<readonly R[]>,
  maxBatch: number,
): Batching<A, R> {
  const waiting: {
    questions: readonly A[];
    resolve: (answers: R[]) => void;
    reject: (error: unknown) => void;
  }[] = [];
  let busy = false;
  let pending = 0;
  let calls = 0;

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      let count = waiting[0].questions.length;
      let requests = 1;
      while (requests < waiting.length && count + waiting[requests].questions.length <= maxBatch) {
        count += waiting[requests++].questions.length;
      }
      const batch = waiting.splice(0, requests);
      calls++;
      try {
        const answers = await answer(
          batch.length === 1 ? batch[0].questions : batch.flatMap(({ questions }) => questions),
        );
        let at = 0;
        for (const { questions, resolve } of batch) {
          resolve(answers.slice(at, at += questions.length));
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      pending -= count;
      // let requests in before the next call
      if (waiting.length > 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    busy = false;
  }

  return {
    ask: (questions) =>
      new Promise((resolve, reject) => {
        pending += questions.length;
        waiting.push({ questions, resolve, reject });
        if (busy) return;
        busy = true;
        setImmediate(run);
      }),
    pending: () => pending,
    calls: () => calls,
  };
}
