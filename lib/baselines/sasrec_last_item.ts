/** SASRec with the corrected read-out: trained where it is asked, at the last real item. */
import type { Baseline } from "./baseline.ts";
import { type FittedNetwork, neuralBaseline } from "./neural.ts";
import { SASREC_CONFIG, sasRecNetwork, type SasRecSettings } from "./sasrec.ts";

/** The baseline. */
export const SASREC_LAST_ITEM: Baseline<SasRecSettings, FittedNetwork> = neuralBaseline({
  name: "sasrec_last_item",
  title: "SASRec, last item",
  source: "notebook cell 06-08B with the read-out corrected",
  differs: "a further model: trained at the last real item instead of the last column",
  byDefault: true,
  config: SASREC_CONFIG,
  architecture: "sasrec",
  windows: "pairs",
  network: (nItems, config, maxLen) =>
    sasRecNetwork(nItems, config, { maxLen, readout: "last_item" }),
});
