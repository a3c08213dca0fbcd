/**
 * The sign-flip test (Fisher 1935): were two models equal, each cluster's difference could as well
 * have had the other sign. The p-value is the share of all assignments of signs whose sum is at
 * least as far from zero, those just as far counted half (mid-p, Lancaster 1961), without which a
 * test of few clusters rejects too rarely.
 */
import { streamKey, threefry } from "../random/threefry.ts";
import { normalTail } from "./student_t.ts";

/** Work up to which whole-numbered differences are enumerated: clusters times their largest sum. */
const LARGEST_TABLE = 2e7;
/** Differing clusters up to which all 2ⁿ sums are formed, as two halves. */
const LARGEST_HALVES = 30;
/** Sums closer than this share of the largest possible one are ties. */
const ROUNDING = 1e-9;
/** Assignments drawn where there are too many to enumerate, fewer where they exceed the bytes. */
const DRAWS = 50_000;
const DRAWN_BYTES = 16e6;
/** Differing clusters beyond which the sum is normal for all purposes. */
const NORMAL_FROM = 20_000;

/** Drawn assignments of signs, eight clusters a byte. */
export interface Signs {
  readonly draws: number;
  /** Bytes a draw. */
  readonly width: number;
  /** [draws × width] */
  readonly bytes: Uint8Array;
}

/** Signs for `clusters` clusters; the same for the same seed. */
export function drawSigns(seed: number, clusters: number): Signs {
  const width = Math.ceil(clusters / 8);
  const draws = Math.max(1, Math.min(DRAWS, Math.floor(DRAWN_BYTES / width)));
  const words = new Uint32Array(Math.ceil(draws * width / 8) * 2);
  const stream = streamKey("sign flips");
  const pair = new Uint32Array(2);
  for (let i = 0; i < words.length; i += 2) {
    threefry(seed, stream, i >>> 1, 0, pair);
    words[i] = pair[0];
    words[i + 1] = pair[1];
  }
  return { draws, width, bytes: bytesOf(words).subarray(0, draws * width) };
}

/** The bytes of words, lowest first on every machine. */
function bytesOf(words: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  words.forEach((word, i) => view.setUint32(4 * i, word, true));
  return new Uint8Array(view.buffer);
}

/** A p-value and whether every assignment of signs was counted. */
export interface SignFlipTest {
  readonly p: number;
  readonly exact: boolean;
}

/**
 * The two-sided mid-p of the clusters' differences; 1 where none differs. Exact where the
 * assignments can be enumerated, else from signs drawn by `signs`, which is asked only then; of
 * more than 20,000 differing clusters from the sum's normal limit.
 */
export function signFlipTest(differences: Float64Array, signs: () => Signs): SignFlipTest {
  const sizes = differences.filter((x) => x !== 0).map(Math.abs);
  if (sizes.length === 0) return { p: 1, exact: true };
  const largest = sizes.reduce((sum, x) => sum + x, 0);
  const sum = Math.abs(differences.reduce((total, x) => total + x, 0));
  if (sizes.every(Number.isInteger) && sizes.length * largest <= LARGEST_TABLE) {
    return { p: byTable(sizes, largest, sum), exact: true };
  }
  const seen: Seen = { sum, slack: ROUNDING * largest };
  if (sizes.length <= LARGEST_HALVES) return { p: byHalves(sizes, seen), exact: true };
  if (sizes.length > NORMAL_FROM) {
    const squares = sizes.reduce((total, x) => total + x * x, 0);
    return { p: 2 * normalTail(sum / Math.sqrt(squares)), exact: false };
  }
  return { p: byDraws(sizes, seen, signs()), exact: false };
}

/** The sum that was seen, and how near another counts as the same. */
interface Seen {
  readonly sum: number;
  readonly slack: number;
}

/**
 * Whole numbers: the distribution of the sum of those that keep their sign, cluster by cluster. Of
 * sizes that add up to `largest`, the sum with signs is twice that minus `largest`.
 */
function byTable(sizes: Float64Array, largest: number, sum: number): number {
  const chances = new Float64Array(largest + 1);
  chances[0] = 1;
  let reached = 0;
  for (const size of sizes) {
    reached += size;
    for (let at = reached; at >= 0; at--) {
      const without = at <= reached - size ? chances[at] : 0;
      chances[at] = 0.5 * (without + (at >= size ? chances[at - size] : 0));
    }
  }
  let beyond = 0;
  let tied = 0;
  chances.forEach((chance, kept) => {
    const other = Math.abs(2 * kept - largest);
    if (other > sum) beyond += chance;
    else if (other === sum) tied += chance;
  });
  return beyond + tied / 2;
}

/** Any numbers: all sums of each half, then how many pairs of them are as far or farther. */
function byHalves(sizes: Float64Array, { sum, slack }: Seen): number {
  const middle = sizes.length >> 1;
  const left = allSums(sizes.subarray(0, middle));
  const right = allSums(sizes.subarray(middle));
  // by symmetry the sums below -s are as many as those above s
  const beyond = 2 * pairsAbove(left, right, sum + slack);
  const all = left.length * right.length;
  const asFar = sum <= slack ? all : 2 * pairsAbove(left, right, sum - slack);
  return (beyond + asFar) / 2 / all;
}

/** All 2ⁿ sums of ±sizes, ascending. */
function allSums(sizes: Float64Array): Float64Array {
  const sums = new Float64Array(2 ** sizes.length);
  let known = 1;
  for (const size of sizes) {
    for (let i = 0; i < known; i++) {
      sums[known + i] = sums[i] + size;
      sums[i] -= size;
    }
    known *= 2;
  }
  return sums.sort();
}

/** Pairs (a, b) of two ascending lists with a + b > bound. */
function pairsAbove(left: Float64Array, right: Float64Array, bound: number): number {
  let pairs = 0;
  let from = right.length;
  for (const a of left) {
    while (from > 0 && a + right[from - 1] > bound) from--;
    pairs += right.length - from;
  }
  return pairs;
}

/**
 * Drawn assignments, what was seen counted among them (Phipson & Smyth 2010), so that no p-value is
 * zero. The sums of eight clusters are looked up by their byte of signs.
 */
function byDraws(
  sizes: Float64Array,
  { sum, slack }: Seen,
  { draws, width, bytes }: Signs,
): number {
  const largest = sizes.reduce((total, x) => total + x, 0);
  const used = Math.ceil(sizes.length / 8);
  const kept = new Float64Array(256 * used);
  for (let byte = 0; byte < used; byte++) {
    for (let bits = 1; bits < 256; bits++) {
      const lowest = 31 - Math.clz32(bits & -bits);
      const rest = kept[256 * byte + (bits & (bits - 1))];
      kept[256 * byte + bits] = rest + (sizes[8 * byte + lowest] ?? 0);
    }
  }
  let beyond = 0;
  let tied = 1;
  for (let draw = 0; draw < draws; draw++) {
    let positive = 0;
    for (let byte = 0; byte < used; byte++) {
      positive += kept[256 * byte + bytes[draw * width + byte]];
    }
    const other = Math.abs(2 * positive - largest);
    if (other > sum + slack) beyond++;
    else if (other >= sum - slack) tied++;
  }
  return (beyond + tied / 2) / (draws + 1);
}
