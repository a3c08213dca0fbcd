/**
 * One training step of one thread, for either model: deal, forward, head, backward, sum, update.
 */
import { pad4 } from "./arena.ts";
import { gruBackward, gruForward, stateAt } from "./gru.ts";
import { softmaxHead } from "./head.ts";
import { deal } from "./rows.ts";
import { sasRecBackward, sasRecForward } from "./sasrec.ts";
import type { Thread } from "./thread.ts";
import { adamStep, clearRowGradients, sumGradients } from "./update.ts";

/**
 * Trains on the windows `order`; returns the batch's mean loss. `update` false leaves the gradients
 * in the shared region.
 */
export function trainStep(
  thread: Thread,
  order: Int32Array,
  step: number,
  slotOf: Int32Array,
  update: boolean,
): number {
  const { model, exchange, shared, f32, i32, layout, threads, thread: me } = thread;
  const hidden = model.hiddenDim;
  const hp = pad4(hidden);
  const items = shared.items / 4;
  const { rows, targets } = deal(thread, order);
  f32.fill(0, exchange.dense[me] / 4, exchange.dense[me] / 4 + layout.dense[1] - layout.dense[0]);
  if (me === 0) {
    let at = exchange.labels / 4;
    for (const window of order) {
      for (
        let t = i32[shared.targetOffsets / 4 + window];
        t < i32[shared.targetOffsets / 4 + window + 1];
        t++
      ) {
        i32[at++] = i32[shared.targetLabel / 4 + t];
      }
    }
  }
  const headLoss = (): number => {
    thread.barrier();
    const loss = softmaxHead(thread, targets, hidden);
    thread.barrier();
    return loss / targets;
  };
  // the gradient of each own target's state: the threads' parts, summed in order
  const gradientOfStates = (places: Int32Array): number => {
    const sum = thread.take(targets * hp);
    for (const place of places) {
      f32.copyWithin(
        sum / 4 + place * hp,
        exchange.partial[0] / 4 + place * hp,
        exchange.partial[0] / 4 + (place + 1) * hp,
      );
      for (let t = 1; t < threads; t++) {
        thread.k.addTo(hp, sum + 4 * place * hp, exchange.partial[t] + 4 * place * hp);
      }
    }
    return sum;
  };
  let loss: number;
  if (model.architecture === "gru") {
    const pass = gruForward(thread, rows, items, slotOf);
    for (let i = 0; i < rows.length.length; i++) {
      for (let t = rows.targetFirst[i]; t < rows.targetFirst[i + 1]; t++) {
        const from = stateAt(pass, hp, i, rows.targetPosition[t]) / 4;
        f32.copyWithin(exchange.hidden / 4 + rows.targetPlace[t] * hp, from, from + hp);
      }
    }
    loss = headLoss();
    gruBackward(thread, rows, pass, gradientOfStates(rows.targetPlace));
  } else {
    const longest = order.reduce((most, w) => Math.max(most, i32[shared.length / 4 + w]), 0);
    const pass = sasRecForward(thread, rows, items, {
      columns: model.readout === "last_column" ? longest : undefined,
      step,
    });
    rows.targetPlace.forEach((place, i) =>
      f32.copyWithin(
        exchange.hidden / 4 + place * hp,
        pass.output / 4 + i * hp,
        pass.output / 4 + (i + 1) * hp,
      )
    );
    loss = headLoss();
    sasRecBackward(thread, rows, pass, gradientOfStates(rows.targetPlace), slotOf);
  }
  thread.barrier();
  sumGradients(thread);
  thread.barrier();
  if (update && Number.isFinite(loss)) adamStep(thread, step);
  if (update) {
    thread.barrier();
    clearRowGradients(thread);
  }
  return loss;
}
