/**
 * Generates assembly/tiles.ts: the register tiles of the matrix product. A tile of m rows and n
 * columns loads one vector of packed A a step, spreads its lanes by shuffles, and multiplies them
 * with n/4 vectors of packed B into m·n/4 accumulators. 4×8 has eight of them, as many as two
 * multiply-adds a cycle of latency four can keep busy, and no column is left over at the models'
 * widths.
 */

/** The text of assembly/tiles.ts. */
export function generateTiles(): string {
  const tiles = [1, 2, 3, 4].flatMap((rows) => [1, 2].map((vectors) => tile(rows, vectors)));
  return "// Written by lib/kernels/wasm/tiles.ts; run `deno task build:wasm` to write it again." +
    "\n" +
    "// C (+)= A·B for packed A [k][4] and packed B [k][columns]; ldc in bytes.\n" +
    tiles.join("\n");
}

function tile(rows: number, vectors: number): string {
  const each = (n: number, text: (i: number) => string) =>
    Array.from({ length: n }, (_, i) => text(i));
  const store = (add: boolean) =>
    each(rows, (i) => {
      const writes = each(vectors, (j) => {
        const value = add ? `f32x4.add(c${i}_${j}, v128.load(c, ${16 * j}))` : `c${i}_${j}`;
        return `    v128.store(c, ${value}, ${16 * j});`;
      });
      return [...writes, ...(i < rows - 1 ? ["    c += ldc;"] : [])].join("\n");
    }).join("\n");
  const products = each(rows, (i) => {
    const own = each(
      vectors,
      (j) => `    c${i}_${j} = f32x4.relaxed_madd(x${i}, b${j}, c${i}_${j});`,
    ).join("\n");
    return `    const x${i} = v128.shuffle<f32>(row, row, ${i}, ${i}, ${i}, ${i});\n${own}`;
  }).join("\n");
  return `// @ts-ignore: a decorator of AssemblyScript
@inline
export function tile${rows}x${
    4 * vectors
  }(K: i32, a: usize, b: usize, c: usize, ldc: usize, add: bool): void {
${
    each(rows, (i) => `  let ${each(vectors, (j) => `c${i}_${j} = f32x4.splat(0)`).join(", ")};`)
      .join("\n")
  }
  for (let k = K; k > 0; k--) {
    const ${each(vectors, (j) => `b${j} = v128.load(b, ${16 * j})`).join(", ")}, row = v128.load(a);
${products}
    b += ${16 * vectors};
    a += 16;
  }
  if (add) {
${store(true)}
  } else {
${store(false)}
  }
}
`;
}
