/**
 * What follows the attention in a block of SASRec, each row for itself: projection, norm,
 * feed-forward, norm.
 */
import { innerSite, outerSite, projectionSite } from "../../random/dropout.ts";
import type { SasRecModel } from "../../models/sasrec.ts";
import { pad4 } from "./arena.ts";
import { linear, linearBackward, linearForward } from "./linear.ts";
import type { Dropout } from "./sasrec.ts";
import type { Thread } from "./thread.ts";

/**
 * What the rows keep for the way back; byte addresses, [rows × hidden] where nothing else is said.
 */
export interface RowsPass {
  readonly rows: number;
  /** [rows] row·maxLen + t, which the dropout masks count by. */
  readonly positions: number;
  /** What the attention gave, and the input of the rows that asked. */
  readonly mixed: number;
  readonly asking: number;
  readonly normalised1: number;
  readonly rstd1: number;
  readonly middle: number;
  /** [rows × feed-forward] */
  readonly inner: number;
  readonly normalised2: number;
  readonly rstd2: number;
  readonly output: number;
}

/** Room for the rows of a block. */
export function takeRows(
  thread: Thread,
  rows: number,
  positions: number,
  asking: number,
): RowsPass {
  const { hiddenDim, feedForwardDim } = thread.model as SasRecModel;
  const state = () => thread.take(rows * pad4(hiddenDim));
  return {
    rows,
    positions,
    asking,
    mixed: thread.zeros(rows * pad4(hiddenDim)),
    normalised1: state(),
    rstd1: thread.take(rows),
    middle: state(),
    inner: thread.take(rows * pad4(feedForwardDim)),
    normalised2: state(),
    rstd2: thread.take(rows),
    output: state(),
  };
}

/** Takes rows from..from+count-1 from `mixed` to `output`. */
export function rowsForward(
  thread: Thread,
  block: number,
  pass: RowsPass,
  drop: Dropout,
  scratch: number,
): (from: number, count: number) => void {
  const { hiddenDim: h, feedForwardDim: f, layerNormEps: eps } = thread.model as SasRecModel;
  const { k } = thread;
  const hp = pad4(h);
  const fp = pad4(f);
  const name = `blocks.${block}.`;
  const project = linearForward(thread, linear(`${name}self_attn.out_proj`, h, h), scratch);
  const widen = linearForward(thread, linear(`${name}linear1`, f, h), scratch);
  const narrow = linearForward(thread, linear(`${name}linear2`, h, f), scratch);
  const norm = (count: number, which: string, x: number, rstd: number, out: number) =>
    k.layerNormForward(
      count,
      h,
      hp,
      x,
      thread.parameter(`${name}${which}.weight`),
      thread.parameter(`${name}${which}.bias`),
      eps,
      rstd,
      out,
    );
  return (from, count) => {
    const at = (address: number, width = hp) => address + 4 * from * width;
    const positions = at(pass.positions, 1);
    project(count, at(pass.mixed), at(pass.normalised1));
    drop(count, h, at(pass.normalised1), positions, projectionSite(block));
    k.addTo(count * hp, at(pass.normalised1), at(pass.asking));
    norm(count, "norm1", at(pass.normalised1), at(pass.rstd1, 1), at(pass.middle));
    widen(count, at(pass.middle), at(pass.inner, fp));
    k.relu(count * fp, at(pass.inner, fp));
    drop(count, f, at(pass.inner, fp), positions, innerSite(block));
    narrow(count, at(pass.inner, fp), at(pass.normalised2));
    drop(count, h, at(pass.normalised2), positions, outerSite(block));
    k.addTo(count * hp, at(pass.normalised2), at(pass.middle));
    norm(count, "norm2", at(pass.normalised2), at(pass.rstd2, 1), at(pass.output));
  };
}

/**
 * Takes the gradient of rows from..from+count-1 back: `d` [count × hidden] begins as that of the
 * output and ends as that of the input that goes past the attention; `dMixed` [count × hidden] gets
 * that of what the attention gave. At most `most` rows at once.
 */
export function rowsBackward(
  thread: Thread,
  block: number,
  pass: RowsPass,
  drop: Dropout,
  keep: number,
  scratch: number,
  most: number,
): (from: number, count: number, d: number, dMixed: number) => void {
  const { hiddenDim: h, feedForwardDim: f } = thread.model as SasRecModel;
  const { k, f32 } = thread;
  const hp = pad4(h);
  const fp = pad4(f);
  const name = `blocks.${block}.`;
  const masked = thread.take(most * hp);
  const dInner = thread.take(most * fp);
  const project = linearBackward(thread, linear(`${name}self_attn.out_proj`, h, h), scratch);
  const widen = linearBackward(thread, linear(`${name}linear1`, f, h), scratch);
  const narrow = linearBackward(thread, linear(`${name}linear2`, h, f), scratch);
  const norm = (count: number, which: string, d: number, normalised: number, rstd: number) =>
    k.layerNormBackward(
      count,
      h,
      hp,
      d,
      normalised,
      rstd,
      thread.parameter(`${name}${which}.weight`),
      thread.ownGradient(`${name}${which}.weight`),
      thread.ownGradient(`${name}${which}.bias`),
    );
  /** d with a dropout's mask; d itself goes on as the residual's gradient. */
  const mask = (count: number, d: number, positions: number, site: number) => {
    f32.copyWithin(masked / 4, d / 4, d / 4 + count * hp);
    drop(count, h, masked, positions, site);
    return masked;
  };
  return (from, count, d, dMixed) => {
    const at = (address: number, width = hp) => address + 4 * from * width;
    const positions = at(pass.positions, 1);
    norm(count, "norm2", d, at(pass.normalised2), at(pass.rstd2, 1));
    narrow(count, mask(count, d, positions, outerSite(block)), at(pass.inner, fp), dInner, false);
    k.reluDropoutBackward(count * fp, dInner, at(pass.inner, fp), keep);
    widen(count, dInner, at(pass.middle), d, true);
    norm(count, "norm1", d, at(pass.normalised1), at(pass.rstd1, 1));
    project(count, mask(count, d, positions, projectionSite(block)), at(pass.mixed), dMixed, false);
  };
}
