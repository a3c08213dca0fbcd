/**
 * Where a neighbour model had to choose between equals: sessions of one time at the cut of the
 * sample, sessions of one similarity at the cut of the k nearest. Works on all sessions that share
 * a course with a query, sorted in full, and so is a second opinion on the search as well.
 */
import {
  type NeighbourModel,
  type NeighbourSpec,
  type OpenNeighbours,
  openNeighbours,
} from "../../baselines/neighbours.ts";
import { dropOwn } from "../../baselines/own_courses.ts";
import type { Query } from "../../evaluation/queries.ts";
import type { Settings } from "../../settings/settings.ts";
import { type Choice, TIED, type Votes } from "./rank_range.ts";

/** One way in which the sample may have been cut: sure scores, and what stays to be chosen. */
export interface Cut {
  readonly sure: Float64Array;
  readonly choices: readonly Choice[];
}

/** Ways in which a sample is cut that are looked at one by one; queries with more are left out. */
const WAYS = 64;

/** The ways in which a query may have been answered. */
export interface Cuts {
  /** Whether equals stand at a cut. */
  readonly tied: boolean;
  /**
   * Where they do: undefined if there are too many ways to look at, or if scores are more than the
   * sum of votes.
   */
  readonly ways: readonly Cut[] | undefined;
}

/** Where there was nothing to choose. */
const UNTIED: Cuts = { tied: false, ways: [] };

/**
 * Opens a fitted model whose index holds every session.
 * @returns for each query the ways in which it may have been answered.
 */
export function neighbourCuts<S extends Settings>(
  spec: NeighbourSpec<S>,
  model: NeighbourModel<S>,
): (query: Query) => Cuts {
  const { k, sampleSize } = spec.plan(model.settings);
  const { index } = model;
  const all: NeighbourSpec<S> = {
    ...spec,
    plan: (settings) => ({ ...spec.plan(settings), sampleSize: 0 }),
  };
  const open = openNeighbours(all, model);
  let prefix: Int32Array = new Int32Array(0);
  const votesOf = voteReader(open, model, () => prefix);

  /** The k nearest of some slots, those that are in for sure before equals at the cut. */
  function nearestOf(slots: readonly number[]): { sure: readonly number[]; choice?: Choice } {
    const { similarity, session } = open.search;
    const sorted = slots.filter((slot) => similarity[slot] > 0).sort((a, b) =>
      similarity[b] - similarity[a] || session[a] - session[b]
    );
    if (sorted.length <= k) return { sure: sorted };
    const cut = similarity[sorted[k - 1]];
    const equal = sorted.filter((slot) => Math.abs(similarity[slot] - cut) <= TIED * cut);
    const above = sorted.slice(0, sorted.indexOf(equal[0]));
    const room = k - above.length;
    if (equal.length === room) return { sure: [...above, ...equal] };
    return { sure: above, choice: { room, members: equal.map(votesOf) } };
  }

  function summed({ sure, choice }: ReturnType<typeof nearestOf>): Cut {
    const scores = new Float64Array(index.nItems);
    sure.forEach((slot) => addVotes(scores, votesOf(slot)));
    return { sure: scores, choices: choice === undefined ? [] : [choice] };
  }

  return (query) => {
    prefix = query.prefix;
    const found = open.compare(query);
    const { session } = open.search;
    const slots = Array.from({ length: found }, (_, slot) => slot);
    if (sampleSize === 0 || found <= sampleSize) {
      const nearest = nearestOf(slots);
      return nearest.choice === undefined ? UNTIED : tied([summed(nearest)]);
    }
    slots.sort((a, b) => session[a] - session[b]);
    const timeOf = (slot: number) => index.times[session[slot]];
    const last = timeOf(slots[sampleSize - 1]);
    const newer = slots.filter((slot) => timeOf(slot) > last);
    const equal = slots.filter((slot) => timeOf(slot) === last);
    const room = sampleSize - newer.length;
    if (equal.length === room) {
      const nearest = nearestOf([...newer, ...equal]);
      return nearest.choice === undefined ? UNTIED : tied([summed(nearest)]);
    }
    const picks = subsets(equal, room, WAYS);
    return tied(picks?.map((picked) => summed(nearestOf([...newer, ...picked]))));
  };

  function tied(ways: readonly Cut[] | undefined): Cuts {
    return { tied: true, ways: open.method.finish === undefined ? ways : undefined };
  }
}

/** Reads what a session would add to the scores of a query. */
function voteReader<S extends Settings>(
  { search, method }: OpenNeighbours,
  { own, index: { nItems, offsets, items } }: NeighbourModel<S>,
  prefix: () => Int32Array,
): (slot: number) => Votes {
  const scores = new Float64Array(nItems);
  return (slot) => {
    const session = search.session[slot];
    const voted = items.subarray(offsets[session], offsets[session + 1]);
    method.vote(slot, { scores, base: 0 });
    dropOwn(own, prefix(), { scores, base: 0 });
    const amounts = Float64Array.from(voted, (item) => scores[item]);
    for (const item of voted) scores[item] = 0;
    return { items: voted, amounts };
  };
}

function addVotes(scores: Float64Array, { items, amounts }: Votes): void {
  items.forEach((item, i) => scores[item] += amounts[i]);
}

/** All subsets of `size` of a list, or none if there are more than `most`. */
export function subsets<T>(list: readonly T[], size: number, most: number): T[][] | undefined {
  let found: T[][] = [[]];
  list.forEach((value, i) => {
    const left = list.length - i - 1;
    found = found.flatMap((picked) => {
      const ways: T[][] = [];
      if (picked.length < size) ways.push([...picked, value]);
      if (picked.length + left >= size) ways.push(picked);
      return ways;
    }).slice(0, most + 1);
  });
  const whole = found.filter((picked) => picked.length === size);
  return found.length > most ? undefined : whole;
}
