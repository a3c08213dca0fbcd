/** The attention of a head and of a read-out, against the scalar version of what they compute. */
import { assert, assertEquals } from "@std/assert";
import { attentionScratch, maskScratch, pad4 } from "../../../lib/kernels/wasm/sizes.ts";
import { fillMask, threshold } from "../../../lib/random/dropout.ts";
import { assertClose } from "../../close.ts";
import { dot, flat, kernelMemory, numbers, type Rows, zeros } from "./memory.ts";

const MASKS = { seed: 20260107, site: 3, step: 17 };
const BASE = 12_345;

/** What a position's shares are multiplied by, [queries × keys]; without dropout 1. */
function masksOf(queries: number, keys: number, rate: number): Rows {
  return Array.from({ length: queries }, (_, i) => {
    const mask = new Float32Array(keys).fill(1);
    if (rate > 0) fillMask(mask, { ...MASKS, rate }, BASE + i * keys);
    return Float64Array.from(mask);
  });
}

/** exp(x) / Σ exp(x). */
function softmax(x: Float64Array): Float64Array {
  const maximum = Math.max(...x);
  const sum = x.reduce((all, value) => all + Math.exp(value - maximum), 0);
  return x.map((value) => Math.exp(value - maximum) / sum);
}

interface Inputs {
  readonly q: Rows;
  readonly k: Rows;
  readonly v: Rows;
  readonly masks: Rows;
}

/** p[i][j] over the keys that a query sees, and out[i] = Σⱼ mask·p·v. */
function attention({ q, k, v, masks }: Inputs) {
  const scale = 1 / Math.sqrt(q[0].length);
  const shares = q.map((query, i) =>
    softmax(Float64Array.from(k.slice(0, i + 1), (key) => dot(query, key) * scale))
  );
  const out = shares.map((row, i) =>
    q[0].map((_, c) => row.reduce((sum, p, j) => sum + masks[i][j] * p * v[j][c], 0))
  );
  return { shares, out };
}

/** The gradients of q, k and v. */
function attentionGradients(inputs: Inputs, dOut: Rows) {
  const { q, k, v, masks } = inputs;
  const width = q[0].length;
  const { shares } = attention(inputs);
  const dq = zeros(q.length, width);
  const dk = zeros(q.length, width);
  const dv = zeros(q.length, width);
  shares.forEach((row, i) => {
    const dShares = row.map((_, j) => masks[i][j] * dot(dOut[i], v[j]));
    const mean = dot(row, dShares);
    row.forEach((p, j) => {
      const dScore = p * (dShares[j] - mean) / Math.sqrt(width);
      for (let c = 0; c < width; c++) {
        dq[i][c] += dScore * k[j][c];
        dk[j][c] += dScore * q[i][c];
        dv[j][c] += masks[i][j] * p * dOut[i][c];
      }
    });
  });
  return { dq, dk, dv };
}

for (const rate of [0, 0.2]) {
  Deno.test(`attention is softmax(q·k/√d)·v over earlier positions, dropout ${rate}`, () => {
    for (const length of [1, 3, 16, 17, 50]) {
      for (const headDim of [1, 4, 6, 32]) {
        const what = `${length} positions, heads of ${headDim}`;
        const { kernels, take, put, read } = kernelMemory();
        const inputs = {
          q: numbers(length, headDim, 1),
          k: numbers(length, headDim, 2),
          v: numbers(length, headDim, 3),
          masks: masksOf(length, length, rate),
        };
        const dOut = numbers(length, headDim, 4);
        const ld = pad4(headDim);
        const common = {
          length,
          headDim,
          q: put(inputs.q),
          k: put(inputs.k),
          v: put(inputs.v),
          ld,
          shares: take(length * pad4(length)),
          ldShares: pad4(length),
          ldOut: ld,
          keep: 1 / (1 - rate),
          scratch: take(attentionScratch(length, headDim)),
        };
        const out = take(length * ld);
        kernels.attentionForward({
          ...common,
          ...MASKS,
          out,
          limit: threshold(rate),
          base: BASE,
          maxLen: length,
        });
        const expected = attention(inputs);
        assertClose(flat(read(out, length, headDim)), flat(expected.out), what, 1e-5, 1e-4);
        const shares = read(common.shares, length, length);
        expected.shares.forEach((row, i) => {
          const signed = row.map((p, j) => inputs.masks[i][j] === 0 ? -p : p);
          assertClose(shares[i].subarray(0, i + 1), signed, `shares, ${what}`, 1e-6, 1e-4);
        });
        const dq = take(length * ld);
        const dk = put(numbers(length, headDim, 5)); // they are added to
        const dv = put(numbers(length, headDim, 6));
        kernels.attentionBackward({ ...common, dOut: put(dOut), dq, dk, dv });
        const d = attentionGradients(inputs, dOut);
        const added = (gradient: Rows, salt: number) =>
          flat(numbers(length, headDim, salt)).map((x, i) => x + flat(gradient)[i]);
        assertClose(flat(read(dq, length, headDim)), flat(d.dq), `dq, ${what}`, 1e-5, 1e-4);
        assertClose(flat(read(dk, length, headDim)), added(d.dk, 5), `dk, ${what}`, 1e-5, 1e-4);
        assertClose(flat(read(dv, length, headDim)), added(d.dv, 6), `dv, ${what}`, 1e-5, 1e-4);
      }
    }
  });

  Deno.test(`the read-out is the last position's attention, dropout ${rate}`, () => {
    for (const length of [1, 4, 7, 50]) {
      for (const width of [4, 24]) {
        const what = `${length} positions of ${width}`;
        const { kernels, take, put, read } = kernelMemory();
        const headDim = 5;
        const scale = 1 / Math.sqrt(headDim);
        const x = numbers(length, width, 1);
        const [asked] = numbers(1, width, 2);
        const [mask] = masksOf(1, length, rate);
        const call = {
          length,
          width,
          headDim,
          asked: put([asked]),
          x: put(x),
          shares: take(pad4(length)),
          keep: 1 / (1 - rate),
        };
        const out = take(width);
        const sum = kernels.readOutForward({
          ...call,
          ...MASKS,
          out,
          limit: threshold(rate),
          base: BASE,
          scratch: take(maskScratch(length)),
        });
        const shares = softmax(Float64Array.from(x, (row) => dot(row, asked) * scale));
        const used = shares.map((p, j) => p * mask[j]);
        const mean = asked.map((_, c) => used.reduce((all, p, j) => all + p * x[j][c], 0));
        assertClose(flat(read(out, 1, width)), mean, `out, ${what}`, 1e-5, 1e-4);
        assertClose([sum], [used.reduce((all, p) => all + p, 0)], `sum, ${what}`, 1e-6, 1e-4);

        const [dOut] = numbers(1, width, 3);
        const dSum = 0.7;
        const before = numbers(length, width, 4);
        const dx = put(before);
        const dAsked = take(width);
        const work = take(pad4(length));
        kernels.readOutBackward({ ...call, dOut: put([dOut]), dSum, dx, dAsked, work });
        const dShares = shares.map((_, j) => mask[j] * (dot(dOut, x[j]) + dSum));
        const total = dot(shares, dShares);
        const dScores = shares.map((p, j) => p * (dShares[j] - total) * scale);
        const expected = before.map((row, j) =>
          row.map((b, c) => b + used[j] * dOut[c] + dScores[j] * asked[c])
        );
        const dU = asked.map((_, c) => dScores.reduce((all, d, j) => all + d * x[j][c], 0));
        assertClose(flat(read(dx, length, width)), flat(expected), `dx, ${what}`, 1e-5, 1e-4);
        assertClose(flat(read(dAsked, 1, width)), dU, `dAsked, ${what}`, 1e-5, 1e-4);
      }
    }
  });
}

/** The shares of one head of four over fifty positions, the queries and keys times `spread`. */
function sharesOf(spread: number, change: (q: Rows) => void = () => {}) {
  const length = 50;
  const headDim = 4;
  const { kernels, take, put, read } = kernelMemory();
  const wide = (salt: number) =>
    numbers(length, headDim, salt).map((row) => row.map((x) => x * spread));
  const inputs = {
    q: wide(1),
    k: wide(2),
    v: numbers(length, headDim, 3),
    masks: masksOf(length, length, 0),
  };
  change(inputs.q);
  const shares = take(length * pad4(length));
  kernels.attentionForward({
    ...MASKS,
    length,
    headDim,
    q: put(inputs.q),
    k: put(inputs.k),
    v: put(inputs.v),
    ld: headDim,
    shares,
    ldShares: pad4(length),
    out: take(length * headDim),
    ldOut: headDim,
    limit: 0,
    keep: 1,
    base: BASE,
    maxLen: length,
    scratch: take(attentionScratch(length, headDim)),
  });
  return { shares: read(shares, length, length), expected: attention(inputs).shares };
}

Deno.test("scores far apart leave shares that are 0 or far from subnormal", () => {
  for (const spread of [12, 30, 60]) {
    const { shares, expected } = sharesOf(spread);
    expected.forEach((row, i) =>
      assertClose(shares[i].subarray(0, i + 1), row, `spread ${spread}, query ${i}`, 1e-3, 1e-3)
    );
    const small = flat(shares).filter((p) => p !== 0 && p < 1e-28);
    assertEquals(small.length, 0, `spread ${spread}: ${small.length} shares such as ${small[0]}`);
    assert(flat(expected).some((p) => p < 1e-28), "none is that small");
  }
});

Deno.test("a score that is no number is none afterwards", () => {
  const { shares } = sharesOf(1, (q) => q[7][2] = NaN);
  assert(shares[7].subarray(0, 8).every(Number.isNaN));
  assert(shares[8].subarray(0, 9).every(Number.isFinite));
});
