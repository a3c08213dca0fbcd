/**
 * What all neighbour models share: an index of the training sessions, the search for a query's
 * neighbours, the sum of their votes, and the file. A model says how it weighs a query's courses,
 * how similar a session is and how it votes.
 */
import { lastDays, type Sessions, sessionsOf } from "../dataset/sessions.ts";
import type { Query } from "../evaluation/queries.ts";
import { onlyWith } from "../settings/conditions.ts";
import { choice, integer, type Setting, type Settings, type Values } from "../settings/settings.ts";
import { type Baseline, baseline, fittedAtOnce, type Row, rowScorer } from "./baseline.ts";
import { arrayModelBytes, type ArrayModelFile, arrayModelReader } from "./model_files.ts";
import {
  type CurrentSession,
  currentSession,
  openSearch,
  readSession,
  type Sampling,
  type Search,
} from "./neighbour_search.ts";
import { dropOwn, type OwnCourses, ownCourses, readOwn } from "./own_courses.ts";
import { indexFault, indexSessions, postingsOf, type SessionIndex } from "./session_index.ts";

/** A fitted neighbour model. */
export interface NeighbourModel<S extends Settings = Settings> {
  readonly architecture: string;
  readonly settings: Values<S>;
  /** Seed of random samples. */
  readonly seed: number;
  readonly own: OwnCourses;
  readonly index: SessionIndex;
}

/** Settings of every neighbour model. */
export type SamplingSettings = {
  readonly k: Setting<number>;
  readonly sampleSize: Setting<number>;
  readonly sampling: Setting<Sampling["by"]>;
};

/** The settings of sampling, with a model's own defaults. */
export function samplingSettings(k: number, sampleSize: number): SamplingSettings {
  return {
    k: integer("neighbours that vote", k, 1, 1_000_000_000),
    sampleSize: integer(
      "sessions that share a course with the query and are compared with it; 0 takes all",
      sampleSize,
      0,
      1_000_000_000,
    ),
    sampling: onlyWith(
      choice(["recent", "random"] as const, "which sessions those are", "recent"),
      { key: "sampleSize", above: 0 },
    ),
  };
}

/** How a model weighs, compares and votes; it may keep what it knows of the query at hand. */
export interface NeighbourMethod {
  /** Looks at a query: fills `current.weight`. `time` is when it is asked, in epoch seconds. */
  begin(current: CurrentSession, time: number): void;
  /** How similar a session is, from its slot in the search. */
  similarity(slot: number): number;
  /** Adds a neighbour's votes for the courses of its session to the scores. */
  vote(slot: number, row: Row): void;
  /** Changes the scores when all votes are in; slots near[0 .. neighbours) have voted. */
  readonly finish?: (prefix: Int32Array, row: Row, neighbours: number) => void;
}

/** What tells one neighbour model from another. */
export interface NeighbourSpec<S extends Settings> extends
  Pick<
    Baseline<S, NeighbourModel<S>>,
    "name" | "title" | "source" | "differs" | "byDefault" | "config"
  > {
  readonly plan: (settings: Values<S>) => {
    readonly k: number;
    readonly sampleSize: number;
    readonly sampling: Sampling["by"];
    readonly own: "auto" | OwnCourses;
    /** Training events of the last days only; 0 takes all. */
    readonly lastNDays?: number;
    /** Clicks of a query that are looked at, the last ones; 0 takes all. */
    readonly lastNClicks?: number;
    /** Longer training sessions are left out; 0 takes all. */
    readonly longest?: number;
  };
  readonly method: (settings: Values<S>, index: SessionIndex, search: Search) => NeighbourMethod;
}

/** Makes the record of a neighbour model. */
export function neighbourBaseline<const S extends Settings>(
  spec: NeighbourSpec<S>,
): Baseline<S, NeighbourModel<S>> {
  const { method: _, plan, ...record } = spec;
  return baseline<S, NeighbourModel<S>>({
    ...record,
    family: "neighbours",
    seeded: true,
    seededBy(settings) {
      const { sampling, sampleSize } = plan(settings);
      return sampling === "random" && sampleSize > 0;
    },
    architecture: spec.name,
    extension: "safetensors",
    fit({ nItems, pairs }, settings, { seed }) {
      const { sampleSize, sampling, own, lastNDays = 0, longest = 0 } = plan(settings);
      const recent = lastNDays > 0 ? lastDays(sessionsOf(pairs), lastNDays) : sessionsOf(pairs);
      const sessions = longest > 0 ? upTo(recent, longest) : recent;
      return fittedAtOnce({
        architecture: spec.name,
        settings,
        seed,
        own: ownCourses(own, sessions, nItems),
        index: indexSessions(sessions, nItems, sampling === "recent" ? sampleSize : 0),
      });
    },
    scorer: (model) => rowScorer(model.index.nItems, openNeighbours(spec, model).score),
    encode: encodeNeighbours,
    decode: (bytes, path) => decodeNeighbours(spec, arrayModelReader(spec.name, bytes, path)),
    itemsOf: ({ index }) => index.nItems,
  });
}

/** A neighbour model, ready to be asked; what it found last stays in its search. */
export interface OpenNeighbours {
  readonly search: Search;
  readonly method: NeighbourMethod;
  /** Samples and compares: how many sessions were found, their similarities in the search. */
  compare(query: Query): number;
  /** Scores a query into a row of zeros. */
  score(query: Query, row: Row): void;
}

/** Opens a fitted neighbour model. */
export function openNeighbours<S extends Settings>(
  { plan, method: open }: NeighbourSpec<S>,
  { settings, seed, own, index }: NeighbourModel<S>,
): OpenNeighbours {
  const { k, sampleSize, sampling, lastNClicks = 0 } = plan(settings);
  const reach = sampling === "recent" ? sampleSize : 0;
  const sample: Sampling = { size: sampleSize, by: sampling, seed };
  const search = openSearch(index, postingsOf(index, reach), sample);
  const method = open(settings, index, search);
  const current = currentSession(index.nItems);
  /** Where a query does not say when it is asked, it is asked at the end of training. */
  const end = index.times[0] ?? 0;

  function compare({ prefix, time = end }: Query): number {
    readSession(current, prefix, lastNClicks);
    method.begin(current, time);
    const found = search.gather(current);
    for (let slot = 0; slot < found; slot++) search.similarity[slot] = method.similarity(slot);
    return found;
  }

  function score(query: Query, row: Row): void {
    const neighbours = search.nearest(compare(query), k);
    for (let i = 0; i < neighbours; i++) method.vote(search.near[i], row);
    method.finish?.(query.prefix, row, neighbours);
    dropOwn(own, query.prefix, row);
  }

  return { search, method, compare, score };
}

/** The sessions of at most `longest` events. */
function upTo({ count, offsets, items, times }: Sessions, longest: number): Sessions {
  const kept = Array.from({ length: count }, (_, s) => s).filter((s) =>
    offsets[s + 1] - offsets[s] <= longest
  );
  const ends = new Int32Array(kept.length + 1);
  kept.forEach((s, i) => ends[i + 1] = ends[i] + offsets[s + 1] - offsets[s]);
  const left = {
    items: new Int32Array(ends[kept.length]),
    times: new Float64Array(ends[kept.length]),
  };
  kept.forEach((s, i) => {
    left.items.set(items.subarray(offsets[s], offsets[s + 1]), ends[i]);
    left.times.set(times.subarray(offsets[s], offsets[s + 1]), ends[i]);
  });
  return { count: kept.length, offsets: ends, ...left };
}

function encodeNeighbours<S extends Settings>(
  { index: { nItems, sessions, ...arrays }, ...fields }: NeighbourModel<S>,
): Uint8Array<ArrayBuffer> {
  return arrayModelBytes({ ...fields, nItems, sessions }, { ...arrays });
}

function decodeNeighbours<S extends Settings>(
  { name, config }: NeighbourSpec<S>,
  file: ArrayModelFile,
): NeighbourModel<S> {
  const { count, integers, reals, settings, refuse } = file;
  const index: SessionIndex = {
    nItems: count("nItems", 10_000_000),
    sessions: count("sessions", 1_000_000_000),
    events: integers("events"),
    offsets: integers("offsets"),
    items: integers("items"),
    places: integers("places"),
    times: reals("times"),
  };
  const fault = indexFault(index);
  if (fault !== undefined) return refuse(`it has ${fault}`, "an index of sessions");
  return {
    architecture: name,
    settings: settings(config),
    seed: count("seed", Number.MAX_SAFE_INTEGER),
    own: readOwn(file),
    index,
  };
}
