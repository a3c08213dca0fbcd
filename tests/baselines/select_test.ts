import { assertEquals } from "@std/assert";
import { valueAt } from "../../lib/baselines/select.ts";
import { choices } from "../fuzz/random.ts";

Deno.test("the value at every place equals the sorted array's", () => {
  const { int } = choices(3);
  const shapes: Readonly<Record<string, (i: number, n: number) => number>> = {
    any: () => int(1000),
    few: () => int(3),
    rising: (i) => i,
    falling: (i, n) => n - i,
    equal: () => 7,
    organ: (i, n) => Math.min(i, n - i),
  };
  for (const [name, shape] of Object.entries(shapes)) {
    for (const n of [1, 2, 3, 10, 101]) {
      const values = Array.from({ length: n }, (_, i) => shape(i, n));
      const sorted = values.toSorted((a, b) => a - b);
      for (let k = 0; k < n; k++) {
        assertEquals(valueAt(Int32Array.from([...values, -1]), n, k), sorted[k], `${name} ${n}`);
        assertEquals(valueAt(Float64Array.from(values), n, k), sorted[k], `${name} ${n}`);
      }
    }
  }
});

Deno.test("sorted input costs no more than a few passes", () => {
  const n = 200_000;
  const begin = performance.now();
  valueAt(Int32Array.from({ length: n }, (_, i) => i), n, n >> 1);
  valueAt(new Int32Array(n), n, n >> 1);
  const ms = performance.now() - begin; // quadratic time would take minutes
  if (ms > 2000) throw new Error(`${ms} ms`);
});
