/**
 * VMIS-kNN: V-SKNN over an index that lists each course's m most recent sessions. A query walks the
 * lists from its last course back and leaves a list where it gets older than the m most recent
 * sessions found so far (Serenade's early stopping).
 */
import { choice, integer, number, type Setting } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import { type Decay, DECAYS, STEP_DECAY } from "./decays.ts";
import { neighbourBaseline, type NeighbourModel, type NeighbourSpec } from "./neighbours.ts";
import { OWN_COURSES, type OwnCourses } from "./own_courses.ts";

/** What may be set. */
export type VmisKnnSettings = {
  readonly k: Setting<number>;
  readonly m: Setting<number>;
  readonly maxItems: Setting<number>;
  readonly maxSessionLength: Setting<number>;
  readonly weightingScore: Setting<Decay>;
  readonly idfWeighting: Setting<number>;
  readonly own: Setting<"auto" | OwnCourses>;
};

/** The model's own part. */
const VMIS_KNN_SPEC: NeighbourSpec<VmisKnnSettings> = {
  name: "vmis_knn",
  title: "VMIS-kNN",
  source: "Kersbergen, Sprangers & Schelter, SIGMOD 2022; Serenade",
  differs: "a query's own courses only as far as learners go back (`own`); a course counts once " +
    "a session, long sessions stay by default; ties at a cut: the more recent session, " +
    "then the lower id",
  byDefault: false,
  config: {
    k: integer("neighbours that vote", 100, 1, 1_000_000_000),
    m: integer("most recent sessions listed for a course, and compared", 500, 1, 1_000_000_000),
    maxItems: integer("courses of a query looked at, the last ones; 0 takes all", 0, 0, 1e6),
    maxSessionLength: integer("longer training sessions are left out; 0: none", 0, 0, 1e6),
    weightingScore: choice(DECAYS, "weight of a vote by its most recent shared course", "linear"),
    idfWeighting: number("weight of a course's rarity; 0: all weigh alike", 1, 0, 1e6),
    own: OWN_COURSES,
  },
  plan: ({ k, m, maxItems, maxSessionLength, own }) => ({
    k,
    sampleSize: m,
    sampling: "recent",
    own,
    lastNClicks: maxItems,
    longest: maxSessionLength,
  }),
  method({ weightingScore, idfWeighting }, { events, offsets, items }, search) {
    const decay = STEP_DECAY[weightingScore];
    const total = events.reduce((sum, count) => sum + count, 0);
    const rarity = Float64Array.from(events, (count) => {
      const weighted = count > 0 ? Math.log(total / count) * idfWeighting : 0;
      return weighted > 0 ? weighted : 1;
    });
    let distinct = 1;
    return {
      begin(current) {
        const { own, length, step, weight } = current;
        for (let i = 0; i < own; i++) weight[i] = length - step[i] + 1;
        current.count = own; // older courses do not even recall sessions
        distinct = own;
      },
      similarity: (slot) => search.shared[slot] / distinct,
      vote(slot, { scores, base }) {
        const session = search.session[slot];
        const vote = search.similarity[slot] * decay(search.match[slot]);
        for (let i = offsets[session]; i < offsets[session + 1]; i++) {
          scores[base + items[i]] += vote * rarity[items[i]];
        }
      },
    };
  },
};

/** The baseline. */
export const VMIS_KNN: Baseline<VmisKnnSettings, NeighbourModel<VmisKnnSettings>> =
  neighbourBaseline(VMIS_KNN_SPEC);
