/**
 * The records that SASRec's passes keep in the activations: what the forward pass computes and the
 * backward pass and the weights' gradients need. WGSL gets the same places as constants, in quads.
 */
import { type Fields, fields, quadConstants } from "./fields.ts";
import type { Constants } from "./template.ts";

/** What decides the records' sizes. */
export interface RecordSizes {
  readonly hiddenDim: number;
  readonly numHeads: number;
  readonly numBlocks: number;
  readonly feedForwardDim: number;
}

/** What a row has in a block: `d` is the gradient of. */
type RowField = "input" | "queries" | "keys" | "values" | "dQueries" | "dKeys" | "dValues";

/** What a row that attends has besides. */
type QueryField =
  | "attended"
  | "normed1"
  | "x1"
  | "normed2"
  | "dProjected"
  | "dOuter"
  | "dAttended"
  | "relu"
  | "dRelu"
  | "deviations"
  | "heads";

/** Records and their fields' places, in floats. */
export interface SasRecRecords {
  readonly query: Fields<QueryField>;
  /** A row in a block where all rows attend. */
  readonly block: Fields<RowField | "query">;
  /** A row: the full blocks, then what it has in the last one, where only targets attend. */
  readonly token: Fields<"blocks" | "lastBlock" | "gradient">;
  /** A row that the head reads, in the last block and after it. */
  readonly target: Fields<"query" | "vector" | "dVector" | "normed3" | "output">;
  /** One window's part of a norm's gradients, and of all norms'. */
  readonly norm: Fields<"scale" | "shift">;
  readonly blockPartials: Fields<"norm1" | "norm2">;
  readonly partials: Fields<"blocks" | "last">;
}

/** The records of a model. */
export function sasRecRecords(
  { hiddenDim: h, numHeads, numBlocks, feedForwardDim: f }: RecordSizes,
): SasRecRecords {
  const row = { input: h, queries: h, keys: h, values: h, dQueries: h, dKeys: h, dValues: h };
  const query = fields({
    attended: h, // all heads' sums of values
    normed1: h, // before the norm's scale and shift, as `normed2` and `normed3`
    x1: h, // what the feed-forward network reads
    normed2: h,
    dProjected: h, // of the attention's output
    dOuter: h, // of the feed-forward network's output
    dAttended: h,
    relu: f,
    dRelu: f,
    deviations: 4, // reciprocals: of norm 1, norm 2, the last norm
    heads: 4 * numHeads, // a quad a head: log of the softmax's sum, dAttended·attended
  });
  const block = fields({ ...row, query: query.size });
  const norm = fields({ scale: h, shift: h });
  const blockPartials = fields({ norm1: norm.size, norm2: norm.size });
  return {
    query,
    block,
    token: fields({
      blocks: (numBlocks - 1) * block.size,
      lastBlock: fields(row).size,
      gradient: h, // the one that travels down from block to block
    }),
    target: fields({
      query: query.size,
      vector: h, // its query in the last block, and the gradient of that
      dVector: h,
      normed3: h,
      output: h, // of the last block, then its gradient, which travels down
    }),
    norm,
    blockPartials,
    partials: fields({ blocks: numBlocks * blockPartials.size, last: norm.size }),
  };
}

/** The places as constants: `QUERY_ATTENDED`, `BLOCK_KEYS`, `TARGET_QUADS` and so on. */
export function recordConstants(records: SasRecRecords): Constants {
  return {
    ...quadConstants("query", records.query),
    ...quadConstants("block", records.block),
    ...quadConstants("token", records.token),
    ...quadConstants("target", records.target),
    ...quadConstants("normPartial", records.norm),
    ...quadConstants("blockPartials", records.blockPartials),
    ...quadConstants("partials", records.partials),
  };
}
