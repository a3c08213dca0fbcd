/** Contests as JSON: everything that the other formats show, in full. */
import type { Contest } from "../leaderboard/contest.ts";

/** The text; `leftOut` are runs that show nothing. */
export function jsonOf(
  contests: readonly Contest[],
  leftOut: readonly { readonly run: string; readonly why: string }[],
): string {
  const made = contests.map(({ data, metrics, rows, users, tooFew, adjustedFor, notes }) => ({
    data: {
      name: data.name,
      fingerprint: data.fingerprint,
      k: data.k,
      q: data.q,
      courses: data.courses,
      episodes: data.episodes,
      queries: data.labels.length,
      users,
      synthetic: data.synthetic,
    },
    metrics,
    models: rows.map(({ contestant, scores, fitSeconds, querySeconds, epochs }) => ({
      label: contestant.label,
      model: contestant.model,
      family: contestant.family,
      settings: contestant.settings,
      seeds: contestant.trainings.map(({ seed, run }) => ({ seed, run })),
      scores: Object.fromEntries(
        Object.entries(scores).map(([metric, { mean, sd, interval, isBest, pHolm }]) => [metric, {
          mean,
          sd,
          interval_95: interval,
          best_within_noise: tooFew === undefined ? isBest : null,
          p_holm: pHolm,
        }]),
      ),
      fit_seconds: fitSeconds,
      query_seconds: querySeconds,
      epochs,
    })),
    too_few: tooFew ?? null,
    adjusted_for: adjustedFor,
    notes,
  }));
  return `${JSON.stringify({ tables: made, left_out: leftOut }, null, 2)}\n`;
}
