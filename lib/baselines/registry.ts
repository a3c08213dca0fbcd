/**
 * The list of baselines: the only place that names them all. The notebook's five first, in its
 * order.
 */
import type { Baseline } from "./baseline.ts";
import { GRU_GLOBAL } from "./gru_global.ts";
import { POPULARITY } from "./popularity.ts";
import { RANDOM } from "./random.ts";
import { SASREC } from "./sasrec.ts";
import { SASREC_LAST_ITEM } from "./sasrec_last_item.ts";
import { SESSIONKNN } from "./sessionknn.ts";

/** Every baseline that the programs know. */
export const BASELINES: readonly Baseline[] = [
  RANDOM,
  POPULARITY,
  GRU_GLOBAL,
  SASREC,
  SESSIONKNN,
  SASREC_LAST_ITEM,
];
