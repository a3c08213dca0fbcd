/** Contests as CSV (RFC 4180): a line for each model and metric, for programs and spreadsheets. */
import type { Contest } from "../leaderboard/contest.ts";
import { starsOf } from "./cells.ts";

const HEAD = [
  "data",
  "fingerprint",
  "k",
  "q",
  "model",
  "family",
  "settings",
  "metric",
  "seeds",
  "mean",
  "sd",
  "low",
  "high",
  "best_within_noise",
  "p_holm",
  "marks",
  "fit_seconds",
  "runs",
];

/** Every number in full; a cell that has no value is empty. */
export function csvOf(contests: readonly Contest[]): string {
  const lines = contests.flatMap((contest) => {
    const { data, metrics, rows, tooFew } = contest;
    return rows.flatMap(({ contestant, scores, fitSeconds }) =>
      metrics.map((metric) => {
        const { mean, sd, interval, isBest, pHolm } = scores[metric];
        return [
          data.name,
          data.fingerprint,
          data.k,
          data.q,
          contestant.label,
          contestant.family,
          JSON.stringify(contestant.settings),
          metric,
          contestant.trainings.length,
          mean,
          sd,
          interval.low,
          interval.high,
          tooFew === undefined ? String(isBest) : "",
          pHolm,
          starsOf(scores[metric], contest),
          fitSeconds,
          contestant.trainings.map(({ run }) => run).join(" "),
        ];
      })
    );
  });
  return [HEAD, ...lines].map((cells) => `${cells.map(cellOf).join(",")}\r\n`).join("");
}

function cellOf(value: string | number | undefined): string {
  if (value === undefined) return "";
  return typeof value === "number" ? String(value) : textCell(value);
}

/**
 * A text in quotes where it needs them. What a spreadsheet would take for a formula gets an
 * apostrophe, by which it is text there (OWASP, "CSV injection").
 */
export function textCell(text: string): string {
  const safe = /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
