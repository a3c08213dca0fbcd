/** Rows and columns: bias, sums, gather, scatter, ReLU; padding is written as whole vectors. */
import { assertEquals } from "@std/assert";
import { assertClose } from "../../close.ts";
import { dot, flat, kernelMemory, numbers } from "./memory.ts";

const [ROWS, WIDTH] = [5, 12];
const x = numbers(ROWS, WIDTH, 1);
const [bias] = numbers(1, WIDTH, 2);
const table = numbers(4, WIDTH, 3);
const ids = [3, 0, 3, 1, 2];

Deno.test("a bias is added to each row, and columns are summed to what is there", () => {
  const { kernels, put, read } = kernelMemory();
  const at = put(x);
  const sums = put([bias]);
  kernels.columnSums(ROWS, WIDTH, at, WIDTH, sums);
  const expected = bias.map((before, j) => x.reduce((sum, row) => sum + row[j], before));
  assertClose(flat(read(sums, 1, WIDTH)), expected, "sums", 1e-6);
  kernels.addBias(ROWS, WIDTH, at, put([bias]));
  const biased = x.map((row) => row.map((value, j) => value + bias[j]));
  assertClose(flat(read(at, ROWS, WIDTH)), flat(biased), "bias", 1e-6);
});

Deno.test("rows are gathered from a table and added from it, the same one twice too", () => {
  const { kernels, put, putInts, take, read } = kernelMemory();
  const rows = put(table);
  const list = putInts(ids);
  const out = take(ROWS * WIDTH);
  kernels.gatherRows(ROWS, WIDTH, rows, list, out);
  assertClose(flat(read(out, ROWS, WIDTH)), flat(ids.map((id) => table[id])), "gathered", 1e-9);
  const sum = put(x);
  kernels.addRows(ROWS, WIDTH, rows, list, sum);
  const expected = x.map((row, i) => row.map((value, j) => value + table[ids[i]][j]));
  assertClose(flat(read(sum, ROWS, WIDTH)), flat(expected), "added", 1e-6);
});

Deno.test("rows are added to a table, in their order, the same one twice too", () => {
  const { kernels, put, putInts, read } = kernelMemory();
  const rows = put(table);
  kernels.scatterRows(ROWS, WIDTH, put(x), putInts(ids), rows);
  const expected = table.map((row, id) =>
    row.map((before, j) =>
      ids.reduce((sum, to, i) => to === id ? Math.fround(sum + x[i][j]) : sum, before)
    )
  );
  assertEquals([...flat(read(rows, table.length, WIDTH))], [...flat(expected)], "scattered");
});

Deno.test("floats are copied and cleared, and none beside them", () => {
  const { kernels, put, read } = kernelMemory();
  const at = put(x);
  kernels.copy(7, at + 4 * 2, at + 4 * 5); // onto itself
  const moved = [...flat(x)];
  moved.splice(5, 7, ...flat(x).slice(2, 9));
  assertEquals([...flat(read(at, ROWS, WIDTH))], [...moved], "copied");
  kernels.clear(3, at + 4 * 4);
  moved.fill(0, 4, 7);
  assertEquals([...flat(read(at, ROWS, WIDTH))], [...moved], "cleared");
});

Deno.test("columns are summed row after row, at any width", () => {
  for (const width of [4, 12, 16, 36]) {
    const { kernels, put, read } = kernelMemory();
    const rows = numbers(9, width, 5);
    const [before] = numbers(1, width, 6);
    const sums = put([before]);
    kernels.columnSums(9, width, put(rows), width, sums);
    const expected = before.map((sum, j) =>
      rows.reduce((all, row) => Math.fround(all + row[j]), sum)
    );
    assertEquals([...flat(read(sums, 1, width))], [...expected], `sums of ${width}`);
  }
});

Deno.test("columns are copied from rows of one distance to rows of another", () => {
  const { kernels, put, take, read } = kernelMemory();
  const to = take(ROWS * 8);
  kernels.copyColumns(ROWS, 3, put(x) + 4 * 4, WIDTH, to, 8); // columns 4, 5 and 6
  const expected = x.map((row) => Float64Array.of(...row.subarray(4, 7), 9, 9, 9, 9, 9));
  assertClose(flat(read(to, ROWS, 8)), flat(expected), "copied", 1e-9);
});

Deno.test("a bias with ReLU, and its gradient with the dropout that came after it", () => {
  const { kernels, put, read } = kernelMemory();
  const at = put(x);
  kernels.addBiasRelu(ROWS, WIDTH, at, put([bias]));
  const positive = x.map((row) => row.map((value, j) => Math.max(value + bias[j], 0)));
  assertClose(flat(read(at, ROWS, WIDTH)), flat(positive), "relu", 1e-6);
  const d = numbers(ROWS, WIDTH, 4);
  const dAt = put(d);
  kernels.reluDropoutBackward(ROWS * WIDTH, dAt, at, 1.25);
  const expected = d.map((row, i) => row.map((value, j) => positive[i][j] > 0 ? 1.25 * value : 0));
  assertClose(flat(read(dAt, ROWS, WIDTH)), flat(expected), "gradient", 1e-6);
});

Deno.test("a multiple is added, everything is scaled, and a product is summed in double", () => {
  const { kernels, put, read } = kernelMemory();
  const y = numbers(ROWS, WIDTH, 5);
  const [xAt, yAt] = [put(x), put(y)];
  kernels.addScaled(ROWS * WIDTH, xAt, -0.3, yAt);
  const moved = x.map((row, i) => row.map((value, j) => value - 0.3 * y[i][j]));
  assertClose(flat(read(xAt, ROWS, WIDTH)), flat(moved), "added", 1e-6);
  kernels.scale(ROWS * WIDTH, xAt, 1.5);
  const scaled = moved.map((row) => row.map((value) => 1.5 * value));
  assertClose(flat(read(xAt, ROWS, WIDTH)), flat(scaled), "scaled", 1e-6);
  const product = scaled.reduce((sum, row, i) => sum + dot(row, y[i]), 0);
  assertClose([kernels.dot(ROWS * WIDTH, xAt, yAt)], [product], "product", 1e-6);
  // beside a large sum float32 would lose every one of these
  const many = put([new Float64Array(40_000).fill(0.01)]);
  const large = put([Float64Array.of(3000, 0, 0, 0)]);
  const sum = kernels.dot(4, large, large) + kernels.dot(40_000, many, many);
  assertClose([sum], [9e6 + 4], "sums", 1e-3, 0);
});
