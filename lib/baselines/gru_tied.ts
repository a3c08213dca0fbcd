/** The GRU whose output layer is its item embeddings: GRU4Rec's constrained embeddings. */
import { integer } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import { GRU_CONFIG, gruNetwork, type GruSettings } from "./gru_global.ts";
import { type FittedNetwork, neuralBaseline } from "./neural.ts";

/** What may be set: one width for both uses of the table. */
export type GruTiedSettings = Omit<GruSettings, "embeddingDim" | "ownPadding" | "tied">;

const { embeddingDim: _, ownPadding: __, tied: ___, ...CONFIG } = GRU_CONFIG;

/** The baseline. */
export const GRU_TIED: Baseline<GruTiedSettings, FittedNetwork> = neuralBaseline({
  name: "gru_tied",
  title: "GRU, tied",
  source: "GRU4Rec with constrained embeddings (Hidasi & Karatzoglou, CIKM 2018)",
  differs: "cross-entropy over all courses unless `loss` says otherwise; Adam; PyTorch's GRU " +
    "without dropout",
  byDefault: false,
  config: {
    ...CONFIG,
    hiddenDim: integer("width of the course embeddings and of the hidden state", 128, 1, 4096),
  },
  architecture: "gru",
  windows: "as the run says",
  network: (nItems, config, maxLen) => {
    const { hiddenDim: embeddingDim } = config;
    return gruNetwork(nItems, { ...config, embeddingDim, ownPadding: true, tied: true }, maxLen);
  },
});
