/**
 * Generates assembly/tiles.ts: the register tiles of the matrix product. A tile of m rows and n
 * columns loads one vector of packed A a step, spreads its lanes by shuffles, and multiplies them
 * with n/4 vectors of packed B into m·n/4 accumulators. 4×8 has eight of them, as many as two
 * multiply-adds a cycle of latency four can keep busy, and no column is left over at the models'
 * widths.
 */

/** The text of assembly/tiles.ts, to be formatted. */
export function generateTiles(): string {
  const tiles = [1, 2, 3, 4].flatMap((rows) => [1, 2].map((vectors) => tile(rows, vectors)));
  const strips = [1, 2, 3, 4].map(strip);
  return `${HEADER}\n${tiles.join("\n")}\n${strips.join("\n")}`;
}

const HEADER =
  `// Written by lib/kernels/wasm/tiles.ts; run \`deno task build:wasm\` to write it again.
//
// tileMxN: C [M × N] (+)= A [M × K] · B [K × N] for packed A [K][4] and packed B [K][N], with
//
//     c[i][j] = Σₖ a[k][i] · b[k][j]
//
// K counts steps; a, b and c are byte addresses; ldc is the distance of two rows of C in bytes.
// ci_j accumulates columns 4j .. 4j+3 of row i; xi is a[k][i] in all four lanes.
//
// stripM goes with M rows of A over all columns of a product.
import { PanelProduct } from "./panels";
`;

const each = (n: number, text: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => text(i)).join("\n");

function tile(rows: number, vectors: number): string {
  const accumulators = each(
    rows,
    (i) => each(vectors, (j) => `  let c${i}_${j} = f32x4.splat(0);`),
  );
  const loads = each(vectors, (j) => `    const b${j} = v128.load(b, ${16 * j});`);
  const products = each(rows, (i) =>
    [
      `    const x${i} = v128.shuffle<f32>(row, row, ${i}, ${i}, ${i}, ${i});`,
      each(vectors, (j) => `    c${i}_${j} = f32x4.relaxed_madd(x${i}, b${j}, c${i}_${j});`),
    ].join("\n"));
  const store = (value: (name: string, offset: number) => string) =>
    each(rows, (i) =>
      [
        each(vectors, (j) => `    v128.store(c, ${value(`c${i}_${j}`, 16 * j)}, ${16 * j});`),
        ...i < rows - 1 ? ["    c += ldc;"] : [],
      ].join("\n"));
  const columns = 4 * vectors;
  return `// @ts-ignore: a decorator of AssemblyScript
@inline
export function tile${rows}x${columns}(
  K: i32, a: usize, b: usize, c: usize, ldc: usize, add: bool
): void {
${accumulators}
  for (let k = K; k > 0; k--) {
${loads}
    const row = v128.load(a);
${products}
    b += ${4 * columns};
    a += 16;
  }
  if (add) {
${store((name, offset) => `f32x4.add(${name}, v128.load(c, ${offset}))`)}
  } else {
${store((name) => name)}
  }
}
`;
}

function strip(rows: number): string {
  return `export function strip${rows}(product: PanelProduct, a: usize, c: usize): void {
  const depth = product.depth;
  const bPanel = product.bPanel;
  const cRow = product.cRow;
  const add = product.add;
  let columns = (product.columns + 3) & ~3;
  let b = product.b;
  for (; columns >= 8; columns -= 8) {
    tile${rows}x8(depth, a, b, c, cRow, add);
    b += bPanel;
    c += 32;
  }
  if (columns > 0) tile${rows}x4(depth, a, b, c, cRow, add);
}
`;
}
