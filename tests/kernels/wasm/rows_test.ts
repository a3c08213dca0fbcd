/** What goes row by row against its scalar version: norms, softmax, Adam. */
import { pad4 } from "../../../lib/kernels/wasm/sizes.ts";
import { assertClose } from "../../close.ts";
import { dot, flat, kernelMemory, numbers, zeros } from "./memory.ts";

Deno.test("LayerNorm and its gradients, at any width", () => {
  for (const width of [1, 3, 4, 30, 64]) {
    const what = `width ${width}`;
    const { kernels, take, put, read } = kernelMemory();
    const rows = 5;
    const ld = pad4(width);
    const epsilon = 1e-5;
    const x = numbers(rows, width, 1);
    const [gamma] = numbers(1, width, 2);
    const [beta] = numbers(1, width, 3);
    const dy = numbers(rows, width, 4);
    const [dGammaBefore] = numbers(1, width, 5);
    const [dBetaBefore] = numbers(1, width, 6);
    const at = { x: put(x), gamma: put([gamma]), rstd: take(rows), out: take(rows * ld) };
    kernels.layerNormForward({ rows, width, ld, ...at, beta: put([beta]), epsilon });
    const d = { dy: put(dy), dGamma: put([dGammaBefore]), dBeta: put([dBetaBefore]) };
    const { gamma: gammaAt, rstd, x: normalised } = at;
    kernels.layerNormBackward({ rows, width, ld, ...d, normalised, rstd, gamma: gammaAt });

    const dGamma = dGammaBefore.slice();
    const dBeta = dBetaBefore.slice();
    const out = zeros(rows, width);
    const dx = zeros(rows, width);
    const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / width;
    x.forEach((row, i) => {
      const centred = row.map((value) => value - mean(row));
      const scale = 1 / Math.sqrt(dot(centred, centred) / width + epsilon);
      const unit = centred.map((value) => value * scale);
      const g = dy[i].map((value, j) => value * gamma[j]);
      const along = dot(g, unit) / width;
      for (let j = 0; j < width; j++) {
        out[i][j] = gamma[j] * unit[j] + beta[j];
        dx[i][j] = scale * (g[j] - mean(g) - unit[j] * along);
        dGamma[j] += dy[i][j] * unit[j];
        dBeta[j] += dy[i][j];
      }
    });
    assertClose(flat(read(at.out, rows, width)), flat(out), `out, ${what}`, 1e-5, 1e-4);
    // at width 1 rstd is 1/√ε, by which rounding is multiplied
    const tolerance = width === 1 ? 1e-3 : 2e-5;
    assertClose(flat(read(d.dy, rows, width)), flat(dx), `dx, ${what}`, tolerance, 1e-4);
    assertClose(flat(read(d.dGamma, 1, width)), dGamma, `dGamma, ${what}`, 1e-5, 1e-4);
    assertClose(flat(read(d.dBeta, 1, width)), dBeta, `dBeta, ${what}`, 1e-5, 1e-4);
  }
});

Deno.test("softmax cross-entropy of a slice: sums, the label's logit, gradients", () => {
  for (const courses of [1, 4, 7, 33]) {
    const what = `${courses} courses`;
    const { kernels, take, put, putInts, read } = kernelMemory();
    const rows = 4;
    const first = 10;
    const labels = [first, first + courses - 1, first - 1, first + courses]; // two are elsewhere
    const x = numbers(rows, courses, 1).map((row) => row.map((value) => 20 * value));
    const [bias] = numbers(1, courses, 2);
    const ld = pad4(courses);
    const common = { rows, courses, ld, logits: put(x), labels: putInts(labels), first };
    const at = { maxima: take(rows), sums: take(rows) };
    const atLabel = take(rows);
    kernels.softmaxSums({ ...common, ...at, bias: put([bias]), atLabel });
    const logits = x.map((row) => row.map((value, j) => value + bias[j]));
    const maxima = logits.map((row) => Math.max(...row));
    const sums = logits.map((row, i) => row.reduce((a, b) => a + Math.exp(b - maxima[i]), 0));
    const column = (address: number) => Array.from(read(address, 1, rows)[0]);
    assertClose(column(at.maxima), maxima, `maxima, ${what}`, 1e-6, 1e-5);
    assertClose(column(at.sums), sums, `sums, ${what}`, 1e-5, 1e-4);
    const expected = [logits[0][0], logits[1][courses - 1], 9, 9]; // 9: not written
    assertClose(column(atLabel), expected, `label's logit, ${what}`, 1e-6, 1e-5);

    const scale = 0.25;
    const [dBiasBefore] = numbers(1, courses, 3);
    const dBias = put([dBiasBefore]);
    kernels.softmaxGradient({ ...common, ...at, scale, dBias });
    const d = logits.map((row, i) =>
      row.map((value, j) =>
        scale * (Math.exp(value - maxima[i]) / sums[i] - (first + j === labels[i] ? 1 : 0))
      )
    );
    const dSums = dBiasBefore.map((before, j) => d.reduce((sum, row) => sum + row[j], before));
    assertClose(flat(read(common.logits, rows, courses)), flat(d), `d, ${what}`, 1e-6, 1e-4);
    assertClose(flat(read(dBias, 1, courses)), dSums, `dBias, ${what}`, 1e-5, 1e-4);
  }
});

Deno.test("Adam: three steps of a few parameters", () => {
  const { kernels, put, read } = kernelMemory();
  const [learningRate, beta1, beta2, epsilon] = [0.01, 0.9, 0.999, 1e-8];
  const count = 8;
  const [w] = numbers(1, count, 1).map((row) => row.slice());
  const m = new Float64Array(count);
  const v = new Float64Array(count);
  const at = { parameters: put([w]), firstMoments: put([m]), secondMoments: put([v]) };
  for (let step = 1; step <= 3; step++) {
    const [g] = numbers(1, count, 10 + step);
    g[2] = 0; // a parameter without a gradient
    const bias1 = 1 - beta1 ** step;
    const bias2 = 1 - beta2 ** step;
    kernels.adam({
      count,
      ...at,
      gradients: put([g]),
      size: learningRate / bias1,
      correction: 1 / Math.sqrt(bias2),
      epsilon,
      beta1,
      rest1: 1 - beta1,
      beta2,
      rest2: 1 - beta2,
    });
    g.forEach((gradient, i) => {
      m[i] = beta1 * m[i] + (1 - beta1) * gradient;
      v[i] = beta2 * v[i] + (1 - beta2) * gradient ** 2;
      w[i] -= learningRate * (m[i] / bias1) / (Math.sqrt(v[i] / bias2) + epsilon);
    });
    assertClose(read(at.parameters, 1, count)[0], w, `parameters, step ${step}`, 1e-7, 1e-5);
    assertClose(read(at.firstMoments, 1, count)[0], m, `first moments, step ${step}`, 1e-7, 1e-5);
    assertClose(read(at.secondMoments, 1, count)[0], v, `second moments, step ${step}`, 1e-9, 1e-5);
  }
});
