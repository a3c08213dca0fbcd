/** The GRU whose output layer is its item embeddings: GRU4Rec's constrained embeddings. */
import { integer, toggle } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import { GRU_CONFIG, gruNetwork, type GruSettings } from "./gru_global.ts";
import { type FittedNetwork, neuralBaseline, TIED } from "./neural.ts";

/** The baseline. */
export const GRU_TIED: Baseline<GruSettings, FittedNetwork> = neuralBaseline({
  name: "gru_tied",
  title: "GRU, tied",
  source: "GRU4Rec with constrained embeddings (Hidasi & Karatzoglou, CIKM 2018)",
  differs:
    "cross-entropy over all courses unless --gru_tied.loss says otherwise; Adam, PyTorch's " +
    "GRU without dropout; the output bias is kept, as there",
  byDefault: false,
  config: {
    ...GRU_CONFIG,
    embeddingDim: integer("width of the course embeddings; the hidden state's", 128, 1, 4096),
    tied: toggle(TIED, true),
  },
  architecture: "gru",
  windows: "as the run says",
  network: gruNetwork,
});
