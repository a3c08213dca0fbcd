/** SASRec as published: one table embeds the courses and scores them, a loss at every position. */
import { toggle } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import { type FittedNetwork, neuralBaseline, OWN_PADDING, TIED } from "./neural.ts";
import { SASREC_CONFIG, sasRecNetwork, type SasRecSettings } from "./sasrec.ts";

/** The baseline. */
export const SASREC_TIED: Baseline<SasRecSettings, FittedNetwork> = neuralBaseline({
  name: "sasrec_tied",
  title: "SASRec, tied",
  source: "Kang & McAuley, ICDM 2018",
  differs:
    "softmax cross-entropy over all courses instead of one sampled negative (--sasrec_tied." +
    "loss bce has that); post-norm blocks, as the notebook's; all of a session, in windows",
  byDefault: false,
  config: {
    ...SASREC_CONFIG,
    ownPadding: toggle(OWN_PADDING, true),
    tied: toggle(TIED, true),
  },
  architecture: "sasrec",
  windows: "positions",
  network: (nItems, config, maxLen) =>
    sasRecNetwork(nItems, config, { maxLen, readout: "all_positions" }),
});
