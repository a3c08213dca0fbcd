/** The notebook's SASRec with a padding row of its own: course 0 has an embedding that learns. */
import { toggle } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import { type FittedNetwork, neuralBaseline, OWN_PADDING } from "./neural.ts";
import { SASREC_CONFIG, sasRecNetwork, type SasRecSettings } from "./sasrec.ts";

/** The baseline. */
export const SASREC_OWN_PADDING: Baseline<SasRecSettings, FittedNetwork> = neuralBaseline({
  name: "sasrec_own_padding",
  title: "SASRec, own padding",
  source: "notebook cell 06-08B with the padding corrected",
  differs: "as sasrec; a padding row of its own, so that course 0 learns an embedding",
  byDefault: false,
  slow: true,
  handicap: {
    reason: "its training output is read, as in the notebook, from the last column of the padded " +
      "batch, mostly padding, while it is asked at the last item",
    corrected: "sasrec_last_item",
  },
  config: { ...SASREC_CONFIG, ownPadding: toggle(OWN_PADDING, true) },
  architecture: "sasrec",
  windows: "pairs",
  network: (nItems, config, maxLen) =>
    sasRecNetwork(nItems, config, { maxLen, readout: "last_column" }),
});
