/** The notebook's GRU with a padding row of its own: course 0 has an embedding that learns. */
import { toggle } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import { GRU_CONFIG, gruNetwork, type GruSettings } from "./gru_global.ts";
import { type FittedNetwork, neuralBaseline, OWN_PADDING } from "./neural.ts";

/** The baseline. */
export const GRU_OWN_PADDING: Baseline<GruSettings, FittedNetwork> = neuralBaseline({
  name: "gru_own_padding",
  title: "GRU, own padding",
  source: "notebook cell 06-08 with the padding corrected",
  differs: "as gru_global; a padding row of its own, so that course 0 learns an embedding",
  byDefault: false,
  config: { ...GRU_CONFIG, ownPadding: toggle(OWN_PADDING, true) },
  architecture: "gru",
  windows: "as the run says",
  network: gruNetwork,
});
