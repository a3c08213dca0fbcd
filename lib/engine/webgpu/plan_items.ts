/** The items' part of a step's plan: the distinct ones, and the tokens of each. */
import { LONG, STRETCH, STRETCH_TOKENS } from "../../kernels/webgpu/plan_records.ts";
import { type Draft, type PlanShape, take } from "./plan_draft.ts";

/**
 * The distinct items of a step, and their tokens' rows, item by item. The tokens, which are items
 * so far, become places among the distinct ones.
 */
export function layItems(
  draft: Draft,
  { tokensAt, itemCount, others }: { tokensAt: number; itemCount: number; others: number },
  { padding }: PlanShape,
) {
  const { words, slotOf, rowOf, nextOfItem, tokensOf } = draft;
  const distinct = 1 + others;
  const distinctAt = take(draft, distinct);
  const segmentsAt = take(draft, distinct + 1);
  tokensOf[padding] = 0; // no gradient, no segment
  words[distinctAt] = padding;
  layFound(draft, words.subarray(distinctAt + 1, distinctAt + distinct));
  let tokens = 0;
  for (let slot = 0; slot < distinct; slot++) {
    const item = words[distinctAt + slot];
    slotOf[item] = slot;
    nextOfItem[slot] = tokens;
    tokens += tokensOf[item];
    words[segmentsAt + slot + 1] = tokens;
    tokensOf[item] = 0;
  }
  const sortedAt = take(draft, tokens);
  for (let t = 0; t < itemCount; t++) {
    const slot = words[tokensAt + t] = slotOf[words[tokensAt + t]];
    if (slot > 0) words[sortedAt + nextOfItem[slot]++] = rowOf[t];
  }
  return { distinctAt, distinct, segmentsAt, sortedAt };
}

/** The segments of popular items, cut into stretches. */
export function layStretches(
  draft: Draft,
  { segmentsAt, distinct }: { segmentsAt: number; distinct: number },
) {
  const { words } = draft;
  const stretchesAt = draft.size;
  let stretches = 0;
  let furtherStretches = 0;
  for (let slot = 1; slot < distinct; slot++) {
    const begin = words[segmentsAt + slot];
    const end = words[segmentsAt + slot + 1];
    if (end - begin <= LONG) continue;
    const count = Math.ceil((end - begin) / STRETCH_TOKENS);
    for (let number = 0; number < count; number++) {
      const at = take(draft, STRETCH.size);
      words[at + STRETCH.at.slot] = slot;
      words[at + STRETCH.at.begin] = begin + number * STRETCH_TOKENS;
      words[at + STRETCH.at.end] = Math.min(end, begin + (number + 1) * STRETCH_TOKENS);
      words[at + STRETCH.at.number] = number;
      words[at + STRETCH.at.firstSum] = furtherStretches;
      words[at + STRETCH.at.further] = count - 1;
    }
    stretches += count;
    furtherStretches += count - 1;
  }
  return { stretchesAt, stretches, furtherStretches };
}

/** A catalogue of up to so many times the items found is walked through to have them in order. */
const WALKED = 16;

/** The items found in a step, ascending. */
function layFound({ tokensOf, found }: Draft, to: Uint32Array): void {
  if (tokensOf.length > WALKED * to.length) {
    to.set(found.subarray(0, to.length));
    to.sort();
    return;
  }
  let at = 0;
  for (let item = 0; item < tokensOf.length; item++) {
    if (tokensOf[item] > 0) to[at++] = item;
  }
}
