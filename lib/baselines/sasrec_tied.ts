/** SASRec as published: one table embeds the courses and scores them, a loss at every position. */
import type { Baseline } from "./baseline.ts";
import { type FittedNetwork, neuralBaseline } from "./neural.ts";
import { SASREC_CONFIG, sasRecNetwork, type SasRecSettings } from "./sasrec.ts";

/** What may be set. */
export type SasRecTiedSettings = Omit<SasRecSettings, "ownPadding" | "tied">;

const { ownPadding: _, tied: __, ...CONFIG } = SASREC_CONFIG;

/** The baseline. */
export const SASREC_TIED: Baseline<SasRecTiedSettings, FittedNetwork> = neuralBaseline({
  name: "sasrec_tied",
  title: "SASRec, tied",
  source: "Kang & McAuley, ICDM 2018",
  differs: "cross-entropy over all courses instead of one sampled negative, which `loss` can " +
    "bring back; post-norm blocks, as the notebook's; all of a session, in windows",
  byDefault: false,
  config: CONFIG,
  architecture: "sasrec",
  windows: "positions",
  network: (nItems, config, maxLen) => {
    const tied = { ...config, ownPadding: true, tied: true };
    return sasRecNetwork(nItems, tied, { maxLen, readout: "all_positions" });
  },
});
