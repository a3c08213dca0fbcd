/** SKNN: neighbours by the overlap of sets of courses (session-rec's ContextKNN). */
import { choice, number, type Setting, toggle } from "../settings/settings.ts";
import type { Baseline, Row } from "./baseline.ts";
import {
  neighbourBaseline,
  type NeighbourModel,
  type NeighbourSpec,
  type SamplingSettings,
  samplingSettings,
} from "./neighbours.ts";
import { OWN_COURSES, type OwnCourses } from "./own_courses.ts";

/** How sessions are compared, as sets of courses. */
export type Similarity = "cosine" | "jaccard" | "tanimoto" | "binary";
const SIMILARITIES: readonly Similarity[] = ["cosine", "jaccard", "tanimoto", "binary"];

/** What may be set. */
export type SknnSettings = SamplingSettings & {
  readonly similarity: Setting<Similarity>;
  readonly remind: Setting<boolean>;
  readonly popBoost: Setting<number>;
  readonly own: Setting<"auto" | OwnCourses>;
};

/**
 * Similarity of sets that share `shared` of `own` and `other` courses. Cosine lacks the brackets of
 * the original's formula: it is the cosine times `own`, which changes no order.
 */
const OVERLAP: Readonly<
  Record<Similarity, (shared: number, own: number, other: number) => number>
> = {
  cosine: (shared, own, other) => shared / Math.sqrt(other) * Math.sqrt(own),
  jaccard: (shared, own, other) => shared / (own + other - shared),
  tanimoto: (shared, own, other) => shared / (own + other - shared),
  binary: (shared, own, other) => 2 * shared / (2 * shared + own + other),
};

/** Courses of a query's end that are reminded of, and what they are raised by and with. */
const REMINDED = 3;
const REMINDER = 5;

/** The model's own part. */
export const SKNN_SPEC: NeighbourSpec<SknnSettings> = {
  name: "sknn",
  title: "SKNN",
  source: "Jannach & Ludewig, RecSys 2017; session-rec's ContextKNN",
  differs: "cosine by default, a query's own courses only as far as learners go back (`own`); no " +
    "`extend`; ties at a cut: the more recent session, then the lower id",
  byDefault: false,
  config: {
    ...samplingSettings(100, 1000),
    similarity: choice(SIMILARITIES, "how the sets of courses are compared", "cosine"),
    remind: toggle("raises the query's last three courses to the top"),
    popBoost: number("weight of a course's share of the neighbours", 0, 0, 1e6),
    own: OWN_COURSES,
  },
  plan: ({ own, remind, ...settings }) => ({
    ...settings,
    own: own === "auto" && remind ? "all" : own,
  }),
  method({ similarity, remind, popBoost }, { nItems, offsets, items }, search) {
    const overlap = OVERLAP[similarity];
    const popularity = new Float64Array(popBoost > 0 ? nItems : 0);
    let own = 0;
    const length = (session: number) => offsets[session + 1] - offsets[session];

    /** Adds each neighbouring course's count among the neighbours, over the largest count. */
    function boost({ scores, base }: Row, neighbours: number): void {
      popularity.fill(0);
      let most = 0;
      for (let i = 0; i < neighbours; i++) {
        const session = search.session[search.near[i]];
        for (let j = offsets[session]; j < offsets[session + 1]; j++) {
          most = Math.max(most, ++popularity[items[j]]);
        }
      }
      popularity.forEach((count, item) => {
        if (count > 0) scores[base + item] += popBoost * (count / most);
      });
    }

    function finish(prefix: Int32Array, row: Row, neighbours: number): void {
      if (remind) {
        prefix.subarray(-REMINDED).forEach((item, i) => {
          const at = row.base + item;
          row.scores[at] = (row.scores[at] + REMINDER) * REMINDER + (i + 1) / 100;
        });
      }
      if (popBoost > 0) boost(row, neighbours);
    }

    return {
      begin(current) {
        own = current.own;
        current.weight.fill(1, 0, current.count);
      },
      similarity: (slot) => overlap(search.shared[slot], own, length(search.session[slot])),
      vote(slot, { scores, base }) {
        const session = search.session[slot];
        const vote = search.similarity[slot];
        for (let i = offsets[session]; i < offsets[session + 1]; i++) {
          scores[base + items[i]] += vote;
        }
      },
      finish: remind || popBoost > 0 ? finish : undefined,
    };
  },
};

/** The baseline. */
export const SKNN: Baseline<SknnSettings, NeighbourModel<SknnSettings>> = neighbourBaseline(
  SKNN_SPEC,
);
