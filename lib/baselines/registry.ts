/**
 * The list of baselines: the only place that names them all. The notebook's five first, in its
 * order, then the others of a run that names none.
 */
import { ASSOCIATION_RULES } from "./association_rules.ts";
import type { Baseline } from "./baseline.ts";
import { GRU_GLOBAL } from "./gru_global.ts";
import { GRU_OWN_PADDING } from "./gru_own_padding.ts";
import { GRU_TIED } from "./gru_tied.ts";
import { ITEM_KNN } from "./item_knn.ts";
import { MARKOV } from "./markov.ts";
import { POPULARITY } from "./popularity.ts";
import { RANDOM } from "./random.ts";
import { SASREC } from "./sasrec.ts";
import { SASREC_ALL_POSITIONS } from "./sasrec_all_positions.ts";
import { SASREC_LAST_ITEM } from "./sasrec_last_item.ts";
import { SASREC_OWN_PADDING } from "./sasrec_own_padding.ts";
import { SASREC_TIED } from "./sasrec_tied.ts";
import { SEQUENTIAL_RULES } from "./sequential_rules.ts";
import { SESSIONKNN } from "./sessionknn.ts";
import { SKNN } from "./sknn.ts";
import { STAN } from "./stan.ts";
import { VMIS_KNN } from "./vmis_knn.ts";
import { VSKNN } from "./vsknn.ts";
import { VSTAN } from "./vstan.ts";

/** Every baseline that the programs know. */
export const BASELINES: readonly Baseline[] = [
  RANDOM,
  POPULARITY,
  GRU_GLOBAL,
  SASREC,
  SESSIONKNN,
  MARKOV,
  SEQUENTIAL_RULES,
  VSKNN,
  SASREC_LAST_ITEM,
  ASSOCIATION_RULES,
  ITEM_KNN,
  SKNN,
  STAN,
  VSTAN,
  VMIS_KNN,
  GRU_OWN_PADDING,
  SASREC_OWN_PADDING,
  SASREC_ALL_POSITIONS,
  GRU_TIED,
  SASREC_TIED,
];
