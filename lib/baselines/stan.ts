/**
 * STAN: neighbours by overlap weighted by place and by time between sessions, votes by distance
 * from the shared course inside the neighbour (session-rec's STAN).
 */
import { number, type Setting } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import type { CurrentSession, Search } from "./neighbour_search.ts";
import {
  neighbourBaseline,
  type NeighbourMethod,
  type NeighbourModel,
  type NeighbourSpec,
  type SamplingSettings,
  samplingSettings,
} from "./neighbours.ts";
import { OWN_COURSES, type OwnCourses } from "./own_courses.ts";
import type { SessionIndex } from "./session_index.ts";

/** What may be set of STAN, and of V-STAN too. */
export type StanSettings = SamplingSettings & {
  readonly lambdaSpw: Setting<number>;
  readonly lambdaSnh: Setting<number>;
  readonly lambdaInh: Setting<number>;
  readonly own: Setting<"auto" | OwnCourses>;
};

/** The settings. Terms are longer than a shop's fashions: the original's `lambdaSnh` is 5 days. */
export const STAN_SETTINGS: StanSettings = {
  ...samplingSettings(500, 5000),
  lambdaSpw: number("decay over places of the query, in courses; 0: none", 1.02, 0, 1e6),
  lambdaSnh: number("decay over the time between session and query, in days; 0: none", 30, 0, 1e6),
  lambdaInh: number("decay over places of the neighbour, in courses; 0: none", 2.05, 0, 1e6),
  own: OWN_COURSES,
};

/** Values of `StanSettings` that a method goes by. */
export interface StanLambdas {
  readonly lambdaSpw: number;
  readonly lambdaSnh: number;
  readonly lambdaInh: number;
}

/** What STAN and V-STAN do alike: weigh and compare; and STAN's votes before V-STAN's factors. */
export interface StanParts extends Pick<NeighbourMethod, "begin" | "similarity"> {
  /** Calls `add(course, share)` for each course of a slot's session that gets a vote. */
  votes(slot: number, add: (item: number, share: number) => void): void;
}

const SECONDS_A_DAY = 86_400;

/** Opens them. */
export function stanParts(
  { lambdaSpw, lambdaSnh, lambdaInh }: StanLambdas,
  { offsets, items, places, times }: SessionIndex,
  search: Search,
): StanParts {
  const byDistance = distanceDecay(lambdaInh);
  let current: CurrentSession;
  let norm = 1;
  let asked = 0;
  return {
    begin(session, time) {
      const { own, step, weight } = session;
      let squares = 0;
      for (let i = 0; i < own; i++) {
        weight[i] = lambdaSpw > 0 ? Math.exp((1 - step[i]) / lambdaSpw) : 1;
        squares += weight[i] * weight[i];
      }
      norm = Math.sqrt(squares);
      current = session;
      asked = time;
    },
    similarity(slot) {
      const session = search.session[slot];
      const cosine = search.shared[slot] /
        (norm * Math.sqrt(offsets[session + 1] - offsets[session]));
      if (lambdaSnh === 0) return cosine;
      return cosine * Math.exp(-Math.abs(asked - times[session]) / (lambdaSnh * SECONDS_A_DAY));
    },
    votes(slot, add) {
      const session = search.session[slot];
      const { stepOf } = current;
      let shared = offsets[session]; // courses stand by their last place, the last one first
      while (stepOf[items[shared]] === 0) shared++;
      for (let i = offsets[session]; i < offsets[session + 1]; i++) {
        add(items[i], byDistance(Math.abs(places[i] - places[shared])));
      }
    },
  };
}

/** Distances whose decay is worked out beforehand. */
const NEAR = 256;

/** exp(−distance/λ); 1 for λ = 0. */
function distanceDecay(lambda: number): (distance: number) => number {
  if (lambda === 0) return () => 1;
  const near = Float64Array.from({ length: NEAR }, (_, distance) => Math.exp(-distance / lambda));
  return (distance) => distance < NEAR ? near[distance] : Math.exp(-distance / lambda);
}

/** The model's own part. */
export const STAN_SPEC: NeighbourSpec<StanSettings> = {
  name: "stan",
  title: "STAN",
  source: "Garg et al., SIGIR 2019; session-rec's STAN",
  differs: "30 days by default, a query's own courses only as far as learners go back (`own`); " +
    "no `extend`; time counts both ways; ties at a cut: the more recent session, then the " +
    "lower id",
  byDefault: false,
  config: STAN_SETTINGS,
  plan: (settings) => settings,
  method(settings, index, search) {
    const { votes, ...parts } = stanParts(settings, index, search);
    return {
      ...parts,
      vote(slot, { scores, base }) {
        const similarity = search.similarity[slot];
        votes(slot, (item, share) => scores[base + item] += similarity * share);
      },
    };
  },
};

/** The baseline. */
export const STAN: Baseline<StanSettings, NeighbourModel<StanSettings>> = neighbourBaseline(
  STAN_SPEC,
);
