/**
 * SASRec with the published objective: one pass over a session, a loss at every position of it.
 * Sessions are cut into disjoint windows.
 */
import { toggle } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import { type FittedNetwork, neuralBaseline, OWN_PADDING } from "./neural.ts";
import { SASREC_CONFIG, sasRecNetwork, type SasRecSettings } from "./sasrec.ts";

/** The baseline. */
export const SASREC_ALL_POSITIONS: Baseline<SasRecSettings, FittedNetwork> = neuralBaseline({
  name: "sasrec_all_positions",
  title: "SASRec, all positions",
  source: "Kang & McAuley, ICDM 2018; the notebook's blocks (cell 06-08B)",
  differs: "softmax cross-entropy over all courses instead of one sampled negative; post-norm " +
    "blocks and an output layer of its own, as the notebook's; all of a session, in windows",
  byDefault: false,
  config: { ...SASREC_CONFIG, ownPadding: toggle(OWN_PADDING, true) },
  architecture: "sasrec",
  windows: "positions",
  network: (nItems, config, maxLen) =>
    sasRecNetwork(nItems, config, { maxLen, readout: "all_positions" }),
});
