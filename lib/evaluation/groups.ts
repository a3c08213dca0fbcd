/**
 * The queries of an evaluation in groups, by which every metric is told apart: does the learner go
 * back to a course or on to a new one, and how many courses are known.
 */
import { binName, PREFIX_STARTS } from "../metrics/bins.ts";
import type { Queries } from "./queries.ts";

/** A group of queries. */
export interface QueryGroup {
  readonly by: "label" | "prefix_length";
  /** "returns", "new", or a range of lengths such as "3–4". */
  readonly name: string;
  /** Places of its queries among all, ascending; at least one. */
  readonly queries: readonly number[];
}

/**
 * Every query once by its label, among `returns` where its own prefix has the right course and
 * among `new` else, and once by the length of its prefix. Groups without queries are left out.
 */
export function queryGroups(
  { queries, labels }: Pick<Queries, "queries" | "labels">,
): QueryGroup[] {
  const returns: number[] = [];
  const others: number[] = [];
  const byLength = PREFIX_STARTS.map((): number[] => []);
  queries.forEach(({ prefix }, query) => {
    (prefix.includes(labels[query]) ? returns : others).push(query);
    byLength[PREFIX_STARTS.findLastIndex((start) => prefix.length >= start)].push(query);
  });
  const all: QueryGroup[] = [
    { by: "label", name: "returns", queries: returns },
    { by: "label", name: "new", queries: others },
    ...byLength.map((group, i): QueryGroup => ({
      by: "prefix_length",
      name: binName(PREFIX_STARTS[i], PREFIX_STARTS[i + 1]),
      queries: group,
    })),
  ];
  return all.filter(({ queries }) => queries.length > 0);
}

/** Places of the queries whose right course is not in their prefix, ascending. */
export function newQueries(asked: Pick<Queries, "queries" | "labels">): readonly number[] {
  return queryGroups(asked).find(({ by, name }) => by === "label" && name === "new")?.queries ?? [];
}
