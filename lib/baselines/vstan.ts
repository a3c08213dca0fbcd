/** V-STAN: STAN with V-SKNN's rarity and place of the match (session-rec's VSKNN_STAN). */
import { number, type Setting } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import { neighbourBaseline, type NeighbourModel, type NeighbourSpec } from "./neighbours.ts";
import { inverseFrequency } from "./session_index.ts";
import { STAN_SETTINGS, stanParts, type StanSettings } from "./stan.ts";

/** What may be set. */
export type VstanSettings = StanSettings & {
  readonly lambdaIpw: Setting<number>;
  readonly lambdaIdf: Setting<number>;
};

/** The model's own part. */
export const VSTAN_SPEC: NeighbourSpec<VstanSettings> = {
  name: "vstan",
  title: "V-STAN",
  source: "Ludewig et al., UMUAI 2021; session-rec's VSKNN_STAN",
  differs: "30 days by default, a query's own courses only as far as learners go back (`own`); " +
    "no `extend`; time counts both ways; ties at a cut: the more recent session, then the " +
    "lower id",
  byDefault: false,
  config: {
    ...STAN_SETTINGS,
    lambdaIpw: number("decay of a vote over the match's place in the query; 0: none", 1.02, 0, 1e6),
    lambdaIdf: number("how much more rare courses get of a vote", 5, 0, 1e6),
  },
  plan: (settings) => settings,
  method(settings, index, search) {
    const { lambdaIpw, lambdaIdf } = settings;
    const { votes, ...parts } = stanParts(settings, index, search);
    const raised = inverseFrequency(index).map((idf) => 1 + idf * lambdaIdf);
    return {
      ...parts,
      vote(slot, { scores, base }) {
        const back = search.match[slot] - 1;
        const vote = search.similarity[slot] * (lambdaIpw > 0 ? Math.exp(-back / lambdaIpw) : 1);
        votes(slot, (item, share) => scores[base + item] += vote * share * raised[item]);
      },
    };
  },
};

/** The baseline. */
export const VSTAN: Baseline<VstanSettings, NeighbourModel<VstanSettings>> = neighbourBaseline(
  VSTAN_SPEC,
);
