/**
 * V-SKNN: neighbours by overlap weighted by place, votes by how far the most recent shared course
 * lies back (session-rec's VMContextKNN).
 */
import { onlyWith } from "../settings/conditions.ts";
import { choice, integer, number, type Setting, toggle } from "../settings/settings.ts";
import type { Baseline, Row } from "./baseline.ts";
import { type Decay, DECAYS, PLACE_DECAY, STEP_DECAY } from "./decays.ts";
import {
  neighbourBaseline,
  type NeighbourModel,
  type NeighbourSpec,
  type SamplingSettings,
  samplingSettings,
} from "./neighbours.ts";
import { OWN_COURSES, type OwnCourses } from "./own_courses.ts";
import { inverseFrequency } from "./session_index.ts";
import { valueAt } from "./select.ts";

/** What may be set. */
export type VsknnSettings = SamplingSettings & {
  readonly similarity: Setting<"vec" | "cosine">;
  readonly weighting: Setting<Decay>;
  readonly weightingScore: Setting<Decay>;
  readonly weightingTime: Setting<boolean>;
  readonly idfWeighting: Setting<number>;
  readonly idfWeightingSession: Setting<boolean>;
  readonly lastNDays: Setting<number>;
  readonly lastNClicks: Setting<number>;
  readonly pushReminders: Setting<boolean>;
  readonly addReminders: Setting<boolean>;
  readonly own: Setting<"auto" | OwnCourses>;
};

const SECONDS_A_DAY = 86_400;
/** `addReminders` puts up to three courses just above the place 17 of the ranking. */
const REMINDED = 3;
const REMINDED_PLACE = 17;

/** The model's own part. */
export const VSKNN_SPEC: NeighbourSpec<VsknnSettings> = {
  name: "vsknn",
  title: "V-SKNN",
  source: "Ludewig & Jannach, UMUAI 2018; session-rec's VMContextKNN",
  differs: "idf 1 by default, a query's own courses only as far as learners go back (`own`); no " +
    "`extend`, no dwelling times; time counts both ways; ties at a cut: the more recent " +
    "session, then the lower id",
  byDefault: true,
  config: {
    ...samplingSettings(100, 1000),
    similarity: choice(["vec", "cosine"] as const, "how sessions are compared", "vec"),
    weighting: onlyWith(
      choice(DECAYS, "weight of a query's courses by their place", "div"),
      { key: "idfWeightingSession", values: [false] },
    ),
    weightingScore: choice(DECAYS, "weight of a vote by its most recent shared course", "div"),
    weightingTime: toggle("similarity falls by an eighth a day between session and query"),
    idfWeighting: number("how much more rare courses get of a vote", 1, 0, 1e6),
    idfWeightingSession: toggle("weighs a query's courses by rarity instead of place"),
    lastNDays: integer("training events of the last days only; 0 takes all", 0, 0, 1_000_000),
    lastNClicks: integer("courses of a query looked at, the last ones; 0 takes all", 0, 0, 1e6),
    pushReminders: toggle("multiplies a query's course by how often it has it, and one"),
    addReminders: toggle("puts the query's first three courses above place 17"),
    own: OWN_COURSES,
  },
  plan: ({ own, pushReminders, addReminders, ...settings }) => ({
    ...settings,
    own: own === "auto" && (pushReminders || addReminders) ? "all" : own,
  }),
  method(settings, index, search) {
    const { offsets, items, times, nItems } = index;
    const place = PLACE_DECAY[settings.weighting];
    const decay = STEP_DECAY[settings.weightingScore];
    const idf = inverseFrequency(index);
    const cosine = settings.similarity === "cosine";
    const raised = Float64Array.from(idf, (value) => 1 + value * settings.idfWeighting);
    const ranked = new Float64Array(settings.addReminders ? nItems : 0);
    let divisor = 1;
    let asked = 0;

    function addReminders(prefix: Int32Array, { scores, base }: Row): void {
      if (nItems < REMINDED_PLACE) return;
      ranked.set(scores.subarray(base, base + nItems));
      const least = valueAt(ranked, nItems, nItems - REMINDED_PLACE);
      const scored = [...prefix].filter((item) => scores[base + item] > 0).slice(0, REMINDED);
      const low = scored.filter((item) => scores[base + item] < least);
      for (const item of low) scores[base + item] = least + 1e-4;
    }

    function finish(prefix: Int32Array, row: Row): void {
      if (settings.pushReminders) {
        const before = new Map<number, number>();
        for (const item of prefix) before.set(item, (before.get(item) ?? 0) + 1);
        for (const [item, count] of before) row.scores[row.base + item] *= count + 1;
      }
      if (settings.addReminders) addReminders(prefix, row);
    }

    return {
      begin(current, time) {
        const { own, length, item, step, weight } = current;
        let squares = 0;
        for (let i = 0; i < own; i++) {
          const back = length - step[i] + 1;
          weight[i] = settings.idfWeightingSession ? idf[item[i]] : place.weight(back, length);
          squares += weight[i] * weight[i];
        }
        const scale = settings.idfWeightingSession ? 1 : place.divisor(length);
        divisor = cosine ? Math.sqrt(squares) : own * scale;
        asked = time;
      },
      similarity(slot) {
        const session = search.session[slot];
        const shared = search.shared[slot];
        const similarity = cosine
          ? shared / (divisor * Math.sqrt(offsets[session + 1] - offsets[session]))
          : shared / divisor;
        if (!settings.weightingTime || !(similarity > 0)) return similarity;
        const days = Math.abs(asked - times[session]) / SECONDS_A_DAY;
        return similarity * Math.pow(7 / 8, roundHalfEven(days));
      },
      vote(slot, { scores, base }) {
        const session = search.session[slot];
        const vote = search.similarity[slot] * decay(search.match[slot]);
        for (let i = offsets[session]; i < offsets[session + 1]; i++) {
          scores[base + items[i]] += vote * raised[items[i]];
        }
      },
      finish: settings.pushReminders || settings.addReminders ? finish : undefined,
    };
  },
};

/** Rounds as Python does: a half to the even neighbour. */
function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** The baseline. */
export const VSKNN: Baseline<VsknnSettings, NeighbourModel<VsknnSettings>> = neighbourBaseline(
  VSKNN_SPEC,
);
