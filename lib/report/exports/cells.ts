/** What exported tables say of a contest, before any format. */
import { counted } from "../../errors/counted.ts";
import type { Contest, Score } from "../leaderboard/contest.ts";

/** Digits of a metric without the zero before the point: .3500, 1.0000. */
export const digits = (x: number): string => x.toFixed(4).replace(/^0/, "");

/** The data set's size and what was asked, as sentences. */
export function askedOf({ data, users }: Contest): string {
  const { k, q, courses, labels, episodes, synthetic } = data;
  return `${counted(courses, "course")}; K=${k}, Q=${q}: ${counted(labels.length, "query")} in ${
    counted(episodes, "test episode")
  } of ${counted(users, "user")}.${synthetic ? " The data are synthetic." : ""}`;
}

/** How the marks are to be read. */
export function readingOf({ tooFew, adjustedFor, rows }: Contest): string {
  if (tooFew !== undefined) return `Nothing is marked: ${tooFew}.`;
  const spread = rows.some(({ contestant }) => contestant.trainings.length > 1)
    ? " ±: standard deviation over seeds."
    : "";
  return `95 % intervals${
    spread === "" ? " over users" : " over users and seeds together"
  }.${spread} Bold: the best of the column, or not distinguishable from it; ` +
    `*, **, ***: worse than the best with p ≤ 0.05, 0.01, 0.001 after Holm's adjustment for ` +
    `${counted(adjustedFor, "comparison")}.`;
}

/** Stars of a score that is told from the best; none where nothing is told apart. */
export function starsOf({ pHolm, isBest }: Score, { tooFew }: Pick<Contest, "tooFew">): string {
  if (isBest || tooFew !== undefined || pHolm === undefined) return "";
  return "*".repeat([0.05, 0.01, 0.001].filter((level) => pHolm <= level).length);
}

/** Two digits: 0.04 ms, 3.1 ms, 12 s, 140 s; nothing where it is not known. */
export function timeText(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  const [value, unit] = seconds < 1 ? [1000 * seconds, "ms"] : [seconds, "s"];
  return `${value < 100 ? Number(value.toPrecision(2)) : Math.round(value)} ${unit}`;
}
