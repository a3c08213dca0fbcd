import { assertEquals } from "@std/assert";
import { NEGATIVES_SITE, negativesOf } from "../../../lib/random/negatives.ts";
import { assertClose } from "../../close.ts";
import { dot, flat, kernelMemory, numbers, zeros } from "./memory.ts";

const COURSES = 9;
const HIDDEN = 7;
const FIRST = 5;
const LABELS = [0, 3, 8, 3];

/** The bits of int32s as floats, so that `read` gives them back. */
const asInts = (floats: Float64Array) => [...new Int32Array(Float32Array.from(floats).buffer)];

for (const negatives of [1, 2, 5]) {
  Deno.test(`courses of targets, and the output layer there: ${negatives} negatives`, () => {
    const { kernels, take, put, putInts, read } = kernelMemory();
    const width = negatives + 1;
    const rows = LABELS.length;
    const ids = take(rows * width);
    kernels.drawNegatives({
      rows,
      width,
      first: FIRST,
      labels: putInts(LABELS),
      courses: COURSES,
      seed: 0xfedcba98,
      site: NEGATIVES_SITE,
      step: 3,
      ids,
    });
    const drawn = { seed: 0xfedcba98, step: 3, nItems: COURSES, count: negatives };
    const wanted = LABELS.map((label, i) => [label, ...negativesOf(drawn, FIRST + i, label)]);
    // rows of `read` are padded, these are not
    const got = Array.from(
      { length: rows * width },
      (_, i) => asInts(read(ids + 4 * i, 1, 1)[0])[0],
    );
    assertEquals(got, wanted.flat());

    const states = numbers(rows, HIDDEN, 1);
    const weights = numbers(COURSES, HIDDEN, 2);
    const [bias] = numbers(1, COURSES, 3);
    const d = numbers(rows, width, 4);
    const common = { rows, width, hidden: 8, ids };
    const flatAt = (values: readonly number[]) => {
      const at = take(values.length);
      values.forEach((value, i) =>
        kernels.copyColumns(1, 1, put([Float64Array.of(value)]), 4, at + 4 * i, 4)
      );
      return at;
    };
    const column = (at: number, count: number) =>
      Array.from({ length: count }, (_, i) => read(at + 4 * i, 1, 1)[0][0]);
    for (const biased of [true, false]) {
      const scores = take(rows * width);
      kernels.sampledScores({
        ...common,
        states: put(states),
        weights: put(weights),
        bias: biased ? put([bias]) : 0,
        scores,
      });
      const expected = wanted.flatMap((courses, i) =>
        courses.map((course) => dot(states[i], weights[course]) + (biased ? bias[course] : 0))
      );
      assertClose(column(scores, rows * width), expected, "scores");
    }

    const dAt = flatAt(flat(d));
    const dStates = take(rows * 8);
    kernels.sampledStates({ ...common, d: dAt, weights: put(weights), dStates });
    const expectedStates = zeros(rows, HIDDEN);
    const expectedWeights = zeros(COURSES, HIDDEN);
    const expectedBias = new Float64Array(COURSES);
    wanted.forEach((courses, i) =>
      courses.forEach((course, j) => {
        for (let k = 0; k < HIDDEN; k++) {
          expectedStates[i][k] += d[i][j] * weights[course][k];
          if (course >= 2 && course < 8) expectedWeights[course][k] += d[i][j] * states[i][k];
        }
        if (course >= 2 && course < 8) expectedBias[course] += d[i][j];
      })
    );
    assertClose(flat(read(dStates, rows, HIDDEN)), flat(expectedStates), "states' gradients");

    // a slice of the catalogue; what is beyond it stays as it was
    for (const biased of [true, false]) {
      const dWeights = put(zeros(COURSES, HIDDEN));
      const dBias = put([new Float64Array(COURSES)]);
      kernels.sampledWeights({
        ...common,
        d: dAt,
        states: put(states),
        first: 2,
        past: 8,
        dWeights,
        dBias: biased ? dBias : 0,
      });
      assertClose(flat(read(dWeights, COURSES, HIDDEN)), flat(expectedWeights), "weights");
      const wantedBias = biased ? expectedBias : new Float64Array(COURSES);
      assertClose(flat(read(dBias, 1, COURSES)), wantedBias, "bias");
    }
  });
}
