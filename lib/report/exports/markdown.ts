/** Contests as Markdown tables. */
import { MEASURE_TITLES } from "../numbers.ts";
import type { Contest, Score } from "../leaderboard/contest.ts";
import { titleOf } from "../leaderboard/evidence.ts";
import { askedOf, digits, readingOf, starsOf, timeText } from "./cells.ts";

/** Every contest as a table with what is said of it. */
export function markdownOf(contests: readonly Contest[]): string {
  return contests.map(tableOf).join("\n\n");
}

function tableOf(contest: Contest): string {
  const { data, metrics, rows, notes } = contest;
  const hasEpochs = rows.some(({ epochs }) => epochs !== undefined);
  const head = [
    "model",
    "seeds",
    ...metrics.map((metric) => MEASURE_TITLES[metric]),
    ...hasEpochs ? ["epochs"] : [],
    "fit",
    "a query",
  ];
  const cells = rows.map(({ contestant, scores, epochs, fitSeconds, querySeconds }) => {
    const name = code(contestant.label);
    return [
      scores[metrics[0]].isBest ? `**${name}**` : name,
      `${contestant.trainings.length}`,
      ...metrics.map((metric) => cellOf(scores[metric], contest)),
      ...hasEpochs ? [epochs?.toFixed(0) ?? ""] : [],
      timeText(fitSeconds),
      timeText(querySeconds),
    ];
  });
  return [
    `**${escaped(titleOf(data))}.** ${askedOf(contest)}`,
    "",
    line(head),
    line(head.map((_, i) => i === 0 ? "---" : "--:")),
    ...cells.map(line),
    "",
    [readingOf(contest), ...notes].map(escapedSentence).join(" "),
  ].join("\n");
}

function cellOf(score: Score, contest: Contest): string {
  const { mean, sd, interval: { low, high }, isBest } = score;
  const value = isBest ? `**${digits(mean)}**` : digits(mean);
  const stars = starsOf(score, contest).replaceAll("*", "\\*");
  const spread = sd === undefined ? "" : ` ± ${digits(sd)}`;
  return `${value}${stars}${spread} (${digits(low)}–${digits(high)})`;
}

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** Text in which nothing is markup. */
export function escaped(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>()#+!|~&$-]/g, "\\$&");
}

/** A sentence of ours with names in it: stars are marks of the table and stay what they are. */
function escapedSentence(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|~&$]/g, "\\$&");
}

/** A name as code: nothing ends the code, or the cell. */
function code(text: string): string {
  return `\`${text.replace(/\s+/g, " ").replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}
