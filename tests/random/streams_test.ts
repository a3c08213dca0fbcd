import { assert, assertEquals, assertThrows } from "@std/assert";
import draws from "../fixtures/random_draws.json" with { type: "json" };
import { fromNumPySeed, fromPythonSeed, nextDouble } from "../../lib/random/mt19937.ts";
import { rand, shuffle } from "../../lib/random/numpy.ts";
import { sample } from "../../lib/random/python.ts";
import { permutation, streamKey, threefry, uniform } from "../../lib/random/threefry.ts";

assertEquals(draws.format, 1);
const { seed } = draws;

Deno.test("RandomState.rand, bit for bit, also far into the stream", () => {
  assertEquals(
    [...rand(fromNumPySeed(seed), new Float64Array(21))],
    draws.numpy_randomstate_rand_3x7.flat(),
  );
  const stream = fromNumPySeed(seed);
  const first = rand(stream, new Float64Array(343_000));
  assert(
    Math.abs(first.reduce((sum, x) => sum + x, 0) - draws.numpy_randomstate_rand_1000x343_sum) <
      1e-6,
  );
  assertEquals([...rand(stream, new Float64Array(5))], draws.numpy_randomstate_rand_after_343000);
});

Deno.test("RandomState.shuffle, bit for bit", () => {
  const sorted = Array.from({ length: 101 }, (_, i) => String(i)).sort();
  assertEquals(
    shuffle(fromNumPySeed(seed), sorted),
    draws.numpy_randomstate_shuffle_sorted_0_to_100,
  );
});

Deno.test("random.random and random.sample, bit for bit, by both of sample's methods", () => {
  const stream = fromPythonSeed(seed);
  assertEquals(
    draws.python_random_random.map(() => nextDouble(stream)),
    draws.python_random_random,
  );
  const large = fromPythonSeed(seed);
  assertEquals(
    draws.python_random_sample_28633_500_x3.map(() => [...sample(large, 28633, 500)]),
    draws.python_random_sample_28633_500_x3,
  );
  const small = fromPythonSeed(seed);
  assertEquals(
    draws.python_random_sample_600_500_first20_x2.map(() =>
      [...sample(small, 600, 500)].slice(0, 20)
    ),
    draws.python_random_sample_600_500_first20_x2,
  );
});

Deno.test("a sample is distinct and within the population, at every edge", () => {
  for (const [population, size] of [[1, 1], [5, 5], [6, 6], [21, 5], [22, 5], [1000, 0]]) {
    const drawn = sample(fromPythonSeed(1), population, size);
    assertEquals(new Set(drawn).size, size);
    assert(drawn.every((x) => x >= 0 && x < population));
  }
  assertThrows(() => sample(fromPythonSeed(1), 3, 4), RangeError, "population");
});

Deno.test("NumPy's seeds are whole numbers of 32 bits; others are refused", () => {
  assertThrows(() => fromNumPySeed(-1), RangeError, "-1");
  assertThrows(() => fromNumPySeed(2 ** 32), RangeError);
});

Deno.test("Threefry-2x32-13 gives the published known answers", () => {
  const hex = (...words: [number, number, number, number]) =>
    [...threefry(...words, new Uint32Array(2))].map((x) => x.toString(16));
  assertEquals(hex(0, 0, 0, 0), ["9d1c5ec6", "8bd50731"]);
  assertEquals(hex(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff), ["fd36d048", "2d17272c"]);
  assertEquals(hex(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3), ["ba3e4725", "f27d669e"]);
});

Deno.test("uniform draws fill [0, 1) evenly and streams differ", () => {
  const words = new Uint32Array(2);
  const n = 20_000;
  const bins = new Int32Array(10);
  for (let i = 0; i < n; i++) bins[Math.floor(10 * uniform(seed, 1, i, words))]++;
  const chiSquare = bins.reduce((sum, count) => sum + (count - n / 10) ** 2 / (n / 10), 0);
  assert(chiSquare < 27.9, `chi-square ${chiSquare} with 9 degrees of freedom`); // p = 0.001
  assert(
    uniform(seed, 1, 0, words) !== uniform(seed, 2, 0, words) && streamKey("a") !== streamKey("b"),
  );
});

Deno.test("a permutation holds every number once and depends on seed and stream", () => {
  const order = permutation(seed, 7, 1000);
  assertEquals([...order].sort((a, b) => a - b), Array.from({ length: 1000 }, (_, i) => i));
  assertEquals(order, permutation(seed, 7, 1000));
  assert(
    order.some((x, i) => x !== permutation(seed, 8, 1000)[i]) && order.some((x, i) => x !== i),
  );
  assertEquals(permutation(seed, 7, 0).length, 0);
});
