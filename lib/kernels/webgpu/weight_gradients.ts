/** All gradients of a step in one dispatch, from a table of pieces that each model gives. */
import outerTile from "./outer_tile.wgsl" with { type: "text" };
import text from "./weight_gradients.wgsl" with { type: "text" };
import { constantName, structWgsl } from "./fields.ts";
import { type Kernel, kernel } from "./kernel.ts";
import { LONG, STRETCH_WGSL } from "./plan_records.ts";
import { gradientAt, rowGradientAt, type StoreLayout } from "./store_layout.ts";
import type { Constants } from "./template.ts";

/** What a sum goes over; `head`: targets in the head's slices. */
const SUMMED_OVER = ["tokens", "targets", "windows", "head"] as const;

/** What a sum goes over. */
export type SummedOver = typeof SUMMED_OVER[number];

/** Rows of activations in quads, the first one as a WGSL expression. */
export interface ActivationRows {
  readonly at: string;
  readonly stride: number;
}

/** One gradient, or a part of it. Sizes in floats, `to` is the parameter's place in the store. */
export type GradientPiece =
  /** [columns of a × columns of b] = Σ aᵀ·b; `gathered`: b of a target is the row of its token. */
  | {
    kind: "outer";
    over: SummedOver;
    a: ActivationRows;
    b: ActivationRows;
    gathered?: boolean;
    height: number;
    width: number;
    to: number;
  }
  /** The same over tokens with b the embedding of the token's item. */
  | { kind: "outerEmbedded"; a: ActivationRows; height: number; width: number; to: number }
  /** [width] = Σ a. */
  | { kind: "columnSum"; over: SummedOver; a: ActivationRows; width: number; to: number }
  /** [height × width]: row t is the sum of the windows' a at position t. */
  | { kind: "positions"; a: ActivationRows; height: number; width: number; to: number };

/**
 * The embeddings' gradients: from a token's gradient itself or, `gates` wide, from that of its
 * input projection.
 */
export interface ItemGradients {
  readonly a: ActivationRows;
  readonly width: number;
  readonly embedding: number;
  readonly sharded: boolean;
  readonly projection?: { readonly gates: number; readonly weightIh: number };
}

/**
 * Kinds of jobs in WGSL: those of the gradients' pieces, then of the embeddings a stretch of a
 * popular item's tokens, and a few other items.
 */
const KINDS = ["outer", "outerEmbedded", "columnSum", "positions", "popular", "items"] as const;

/** Most threads that share a quad of a sum. */
const MOST_PARTS = 16;

/** What a workgroup is told of its job, in WGSL's order; all in quads but for `rowEnd`. */
const JOB_FIELDS = [
  "kind",
  "over",
  "a", // the first row of activations, and the distance of rows
  "aStride",
  "b",
  "bStride",
  "gathered", // 1: b of a target is the row of its token
  "m", // the first quad of the tile's rows, or the position, or the number of the items or stretch
  "mEnd",
  "n", // the first quad of the tile's columns
  "nEnd",
  "rowEnd", // rows of the result
  "slice",
  "out", // where the slice of the gradients begins
] as const;

/** Workgroups along x: the most that every adapter allows, and a power of two. */
const GROUPS_ALONG_X = 32768;

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
  const sumQuads = items.projection ? gateQuads : widthQuads;
  const { branches, jobs } = jobBranches(store, pieces, { side, columns });
  const embeddings = (kind: "popular" | "items", m: string) =>
    jobWgsl({ kind: kindWgsl(kind), a: items.a.at, aStride: `${items.a.stride}u`, m });
  const jobOf = `fn jobOf(number: u32) -> Job {
${branches.join("")}  if (number < ${jobs}u + step.stretches) {
    return ${embeddings("popular", `number - ${jobs}u`)};
  }
  return ${embeddings("items", `number - ${jobs}u - step.stretches`)};
}
`;
  const projection: Constants = items.projection
    ? { PROJECTED: 1, WEIGHT_IH: items.projection.weightIh / 4, GATE_QUADS: gateQuads }
    : { PROJECTED: 0 };
  return kernel({
    name: "weightGradients",
    bindings: { plan: "u32", weights: "vec4f", gradients: "vec4f", activations: "vec4f" },
    key: {
      SIZE: size,
      SIDE: side,
      COLUMNS: columns,
      LINES_A: Math.ceil(Math.max(size, itemsAJob * gateQuads) / side),
      LONG,
      SUM_QUADS: sumQuads,
      MOST_PARTS,
      ITEMS_A_JOB: itemsAJob,
      WIDTH_QUADS: widthQuads,
      ...projection,
      SHARDED: +items.sharded,
      EMBEDDING: items.embedding / 4,
      EMBEDDING_GRADIENT: rowGradientAt(store, items.embedding) / 4,
      GROUPS_ALONG_X,
      ...numbered("kind", KINDS),
      ...numbered("over", SUMMED_OVER),
    },
    text: [STRETCH_WGSL, structWgsl("Job", JOB_FIELDS.map((name) => [name, "u32"])), jobOf, text],
    parts: { outerTile },
    dispatch: ({ distinct, stretches }) => {
      const groups = jobs + stretches + Math.ceil(distinct / itemsAJob);
      if (groups <= GROUPS_ALONG_X) return [groups];
      return [GROUPS_ALONG_X, Math.ceil(groups / GROUPS_ALONG_X)];
    },
  });
}

/** How a workgroup's threads lie over a result, in quads. */
interface Tiling {
  readonly side: number;
  /** Columns of a column sum. */
  readonly columns: number;
}

/** A branch of `jobOf` for each piece, and how many jobs they are. */
function jobBranches(
  store: StoreLayout,
  pieces: readonly GradientPiece[],
  tiling: Tiling,
): { branches: string[]; jobs: number } {
  let jobs = 0;
  const branches = pieces.map((piece) => {
    const { at, step, slices } = gradientAt(store, piece.to);
    const { count, m, n } = tilesOf(piece, tiling);
    const begin = jobs;
    jobs += count * slices;
    const job = jobWgsl({
      ...pieceWgsl(piece),
      m,
      n,
      slice: "slice",
      out: `${at / 4}u + slice * ${step / 4}u`,
    });
    return `  if (number < ${jobs}u) {
    let i = (number - ${begin}u) / ${slices}u;
    let slice = (number - ${begin}u) % ${slices}u;
    return ${job};
  }\n`;
  });
  return { branches, jobs };
}

/** Workgroups of a piece in one slice, and the first quads of its tile number `i`. */
function tilesOf(
  piece: GradientPiece,
  { side, columns }: Tiling,
): { count: number; m: string; n: string } {
  if (piece.kind === "positions") return { count: piece.height, m: "i", n: "0u" };
  if (piece.kind === "columnSum") {
    return { count: Math.ceil(piece.width / 4 / columns), m: `i * ${columns}u`, n: "0u" };
  }
  const across = Math.ceil(piece.width / 4 / side);
  const down = Math.ceil(piece.height / 4 / side);
  return { count: across * down, m: `i / ${across}u * ${side}u`, n: `i % ${across}u * ${side}u` };
}

/** Some fields of a job as WGSL expressions. */
type JobWgsl = Partial<Record<typeof JOB_FIELDS[number], string>>;

/** What a piece's job knows of the piece. */
function pieceWgsl(piece: GradientPiece): JobWgsl {
  const quads = (n: number) => `${Math.ceil(n / 4)}u`;
  const over = (what: SummedOver) => constantName("over", what);
  const common = { kind: kindWgsl(piece.kind), a: piece.a.at, aStride: `${piece.a.stride}u` };
  switch (piece.kind) {
    case "outer":
      return {
        ...common,
        over: over(piece.over),
        b: piece.b.at,
        bStride: `${piece.b.stride}u`,
        gathered: piece.gathered ? "1u" : "0u",
        mEnd: quads(piece.height),
        nEnd: quads(piece.width),
        rowEnd: `${piece.height}u`,
      };
    case "outerEmbedded":
      return {
        ...common,
        over: over("tokens"),
        mEnd: quads(piece.height),
        nEnd: quads(piece.width),
        rowEnd: `${piece.height}u`,
      };
    case "columnSum":
      return { ...common, over: over(piece.over), mEnd: quads(piece.width) };
    case "positions":
      return { ...common, over: over("windows"), nEnd: quads(piece.width) };
  }
}

/** A job; what is not given is 0. */
function jobWgsl(values: JobWgsl): string {
  return `Job(${JOB_FIELDS.map((name) => values[name] ?? "0u").join(", ")})`;
}

function kindWgsl(kind: typeof KINDS[number]): string {
  return constantName("kind", kind);
}

/** `PREFIX_NAME` for each name: its number in the list. */
function numbered(prefix: string, names: readonly string[]): Constants {
  return Object.fromEntries(names.map((name, i) => [constantName(prefix, name), i]));
}
