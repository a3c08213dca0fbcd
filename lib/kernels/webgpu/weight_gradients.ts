/** All gradients of a step in one dispatch, from a table of pieces that each model gives. */
import text from "./weight_gradients.wgsl" with { type: "text" };
import { type Kernel, kernel } from "./kernel.ts";
import { gradientAt, type StoreLayout } from "./store_layout.ts";

/** Which rows a sum goes over; `head`: targets in the head's slices. */
export type Rows = "tokens" | "targets" | "windows" | "head";
const ROWS: readonly Rows[] = ["tokens", "targets", "windows", "head"];

/** Where rows of activations are: quads, a WGSL expression for the first one. */
export interface Field {
  readonly at: string;
  readonly stride: number;
}

/** One gradient, or a part of it. Sizes in floats, `to` is the parameter's place in the store. */
export type GradientPiece =
  /** [rows of a × columns of b] = Σ aᵀ·b; `gathered`: b of a target is at the row of its token. */
  | {
    kind: "outer";
    rows: Rows;
    a: Field;
    b: Field;
    gathered?: boolean;
    height: number;
    width: number;
    to: number;
  }
  /** The same with b the embedding of the token's item. */
  | { kind: "outerEmbedded"; a: Field; height: number; width: number; to: number }
  /** [width] = Σ a. */
  | { kind: "columnSum"; rows: Rows; a: Field; width: number; to: number }
  /** [height × width]: row t is the sum of the windows' a at position t. */
  | { kind: "positions"; a: Field; height: number; width: number; to: number };

/**
 * The embeddings' gradients: from a token's gradient itself or, `gates` wide, from that of its
 * input projection.
 */
export interface ItemGradients {
  readonly a: Field;
  readonly width: number;
  readonly embedding: number;
  readonly sharded: boolean;
  readonly projection?: { readonly gates: number; readonly weightIh: number };
}

/** The kernel of a model's pieces. `size` is a square and a multiple of 16: 64 or 256. */
export function weightGradients(
  store: StoreLayout,
  pieces: readonly GradientPiece[],
  items: ItemGradients,
  size = 256,
): Kernel {
  const side = Math.sqrt(size);
  const columns = size / 4;
  const widthQuads = items.width / 4;
  const gateQuads = (items.projection?.gates ?? 0) / 4;
  const itemsAJob = items.projection ? 4 : Math.max(1, Math.floor(size / widthQuads));
  let jobs = 0;
  const branches = pieces.map((piece) => {
    const { at, step, slices } = gradientAt(store, piece.to);
    const begin = jobs;
    const { count, tile } = tilesOf(piece, side, columns);
    jobs += count * slices;
    const job = describe(piece, tile, `${at / 4}u + slice * ${step / 4}u`);
    return `  if (job < ${jobs}u) { let i = (job - ${begin}u) / ${slices}u; let slice = (job - ${begin}u) % ${slices}u; return ${job}; }`;
  });
  branches.push(
    `  return Job(ITEMS, 0u, ${items.a.at}, ${items.a.stride}u, 0u, 0u, 0u, job - ${jobs}u, 0u, 0u, 0u, 0u, 0u, 0u);`,
  );
  return kernel({
    name: "weightGradients",
    bindings: { plan: "u32", weights: "vec4f", gradients: "vec4f", activations: "vec4f" },
    key: {
      SIZE: size,
      SIDE: side,
      COLUMNS: columns,
      TILE_A: Math.max(size, itemsAJob * gateQuads),
      ITEMS_A_JOB: itemsAJob,
      WIDTH_QUADS: widthQuads,
      GATE_QUADS: gateQuads,
      PROJECTED: +(items.projection !== undefined),
      WEIGHT_IH: (items.projection?.weightIh ?? 0) / 4,
      SHARDED: +items.sharded,
      EMBEDDING: items.embedding / 4,
    },
    text: [text, `fn describe(job: u32) -> Job {\n${branches.join("\n")}\n}`],
    dispatch: ({ distinct }) => {
      const groups = jobs + Math.ceil(distinct / itemsAJob);
      return groups <= 32768 ? [groups] : [32768, Math.ceil(groups / 32768)];
    },
  });
}

/** Workgroups of a piece in one slice, and the first quads of its tile number `i`. */
function tilesOf(
  piece: GradientPiece,
  side: number,
  columns: number,
): { count: number; tile: { m: string; n: string } } {
  if (piece.kind === "positions") return { count: piece.height, tile: { m: "i", n: "0u" } };
  if (piece.kind === "columnSum") {
    return { count: Math.ceil(piece.width / 4 / columns), tile: { m: `i * ${columns}u`, n: "0u" } };
  }
  const across = Math.ceil(piece.width / 4 / side);
  const down = Math.ceil(piece.height / 4 / side);
  return {
    count: across * down,
    tile: { m: `i / ${across}u * ${side}u`, n: `i % ${across}u * ${side}u` },
  };
}

/** The WGSL of a piece's job. */
function describe(piece: GradientPiece, { m, n }: { m: string; n: string }, out: string): string {
  const quads = (n: number) => `${Math.ceil(n / 4)}u`;
  const { a } = piece;
  const rows = `${
    ROWS.indexOf(
      piece.kind === "outerEmbedded"
        ? "tokens"
        : piece.kind === "positions"
        ? "windows"
        : piece.rows,
    )
  }u`;
  const job = (
    kind: string,
    b: string,
    bStride: number,
    gathered: boolean,
    mEnd: string,
    nEnd: string,
    rowEnd: string,
  ) =>
    `Job(${kind}, ${rows}, ${a.at}, ${a.stride}u, ${b}, ${bStride}u, ${+gathered}u, ${m}, ${mEnd}, ${n}, ${nEnd}, ${rowEnd}, slice, ${out})`;
  switch (piece.kind) {
    case "outer":
      return job(
        "OUTER",
        piece.b.at,
        piece.b.stride,
        piece.gathered ?? false,
        quads(piece.height),
        quads(piece.width),
        `${piece.height}u`,
      );
    case "outerEmbedded":
      return job(
        "OUTER_EMBEDDED",
        "0u",
        0,
        false,
        quads(piece.height),
        quads(piece.width),
        `${piece.height}u`,
      );
    case "columnSum":
      return job("COLUMN_SUM", "0u", 0, false, quads(piece.width), "0u", "0u");
    case "positions":
      return job("POSITIONS", "0u", 0, false, quads(piece.height), quads(piece.width), "0u");
  }
}
