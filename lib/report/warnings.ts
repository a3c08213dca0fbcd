/** What a reader of a run should keep in mind. */
import { counted } from "../errors/counted.ts";
import { tooFewOf } from "../metrics/clusters.ts";
import { type Html, markup } from "./html.ts";
import { count, sentenceList } from "./numbers.ts";
import type { View } from "./view.ts";

/** Episodes below which intervals are rough. */
const ROUGH = 30;

/** A share of tied queries of which a reader is warned. */
const DECISIVE_TIES = 0.05;

/** Besides what the data say of themselves. */
export function warningsOf(view: View): (Html | string)[] {
  const { report, results, models, users } = view;
  const notes: (Html | string)[] = report.notes.filter((note) =>
    !note.startsWith("SYNTHETIC DATA")
  );
  const tied = models.filter((model) =>
    (results.tied_queries[model] ?? 0) > DECISIVE_TIES * results.n_queries
  );
  if (tied.length > 0) {
    notes.push(
      markup`Ties decide a part of the ranks of ${
        sentenceList(tied.map((model) =>
          `${model} (${count(results.tied_queries[model]!)} of ${
            counted(results.n_queries, "query")
          })`
        ))
      }: another course has the right course’s score, and the lower id goes first.`,
    );
  }
  return [...notes, ...smallTest(users, results.n_test_episodes)];
}

/** That a test is small, where it is: too small for verdicts, or for good intervals. */
export function smallTest(users: number, episodes: number): string[] {
  const tooFew = tooFewOf(users, episodes);
  if (tooFew !== undefined) {
    return [
      `Only ${counted(users, "user")} in ${
        counted(episodes, "test episode")
      }: ${tooFew} models apart.`,
    ];
  }
  return episodes < ROUGH
    ? [`Only ${counted(episodes, "test episode")}: the intervals themselves are rough.`]
    : [];
}
