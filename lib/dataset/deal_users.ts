/** Who goes where: learners dealt to train, val and test. */
import type { SplitName } from "./dataset.ts";
import { fromNumPySeed } from "../random/mt19937.ts";
import { shuffle } from "../random/numpy.ts";

/** Shares of the learners in each split. */
export type Shares = Readonly<Record<SplitName, number>>;

/**
 * The split of each of `count` learners, by their place in the order of their names: the places
 * shuffled as NumPy's `RandomState(seed).shuffle` does, the first ⌊train·count⌋ train, the next
 * ⌊val·count⌋ val, the rest test.
 */
export function dealUsers(count: number, shares: Shares, seed: number): SplitName[] {
  const places = shuffle(fromNumPySeed(seed), Array.from({ length: count }, (_, place) => place));
  const valFrom = Math.floor(shares.train * count);
  const testFrom = valFrom + Math.floor(shares.val * count);
  const dealt = new Array<SplitName>(count);
  places.slice(0, valFrom).forEach((place) => dealt[place] = "train");
  places.slice(valFrom, testFrom).forEach((place) => dealt[place] = "val");
  places.slice(testFrom).forEach((place) => dealt[place] = "test");
  return dealt;
}
