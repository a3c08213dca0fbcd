/** Every difference drawn with its interval: its colour its sign, its weight its verdict. */
import { counted } from "../../errors/counted.ts";
import { METRIC_NAMES } from "../../metrics/metrics.ts";
import { type Comparison, type Difference, letterOf, verdictOf } from "../compare.ts";
import { differenceBars } from "../difference_bars.ts";
import { type Html, markup, name } from "../html.ts";
import { METRIC_TITLES, probability, signed } from "../numbers.ts";
import { type Figure, figures } from "../parts.ts";
import type { Section } from "../section.ts";

/** How bars are drawn, and what that means. */
const COLOURS = [["up", "higher than in A"], ["down", "lower than in A"], [
  "hollow",
  "not distinguishable",
]] as const;

/** A figure for each metric and run, all on one scale. */
export function differencesSection(comparison: Comparison): Section {
  const { runs, differences, users, adjustedFor } = comparison;
  const range = {
    low: Math.min(0, ...differences.map(({ interval }) => interval.low)),
    high: Math.max(0, ...differences.map(({ interval }) => interval.high)),
  };
  const drawn = runs.slice(1).flatMap((_, i) =>
    METRIC_NAMES.map((key) => {
      const rows = differences.filter(({ metric, run }) => metric === key && run === i + 1)
        .sort((a, b) => b.difference - a.difference);
      return differenceFigure(comparison, rows, range);
    })
  );
  return {
    id: "differences",
    title: "Differences",
    link: "Differences",
    body: [
      markup`<ul class="legend" aria-label="Colours">${
        COLOURS.map(([look, meaning]) => markup`<li><i class="sign ${look}"></i>${meaning}</li>`)
      }</ul>`,
      figures(...drawn),
      markup`<p class="remark">${
        `All charts have one scale. Intervals: Student’s t over ${counted(users, "user")}, each ` +
        `alone. p: sign flips over users. p, Holm: adjusted for the ${
          counted(adjustedFor, "comparison")
        } ` +
        "of this page in which any user differs. Distinguishable: adjusted p ≤ 0.05. Of pages " +
        "that compare equal runs, 5 in 100 or fewer call any difference distinguishable."
      }</p>`,
    ],
  };
}

function differenceFigure(
  { runs }: Comparison,
  rows: readonly Difference[],
  range: { readonly low: number; readonly high: number },
): Figure {
  const [{ run, metric: key }] = rows;
  const [tag, first] = [runs[run], runs[0]].map(({ config }) => config.run_tag);
  return {
    chart: {
      id: `difference-${run}-${key.replace("@", "-at-")}`,
      title: `${METRIC_TITLES[key]}: ${letterOf(run)} minus A`,
      description: `${tag} minus ${first}, differences with 95 % intervals: ${
        rows.map((row) =>
          `${row.model} ${signed(row.difference)} (${ends(row)}), ${verdictOf(row)}`
        ).join("; ")
      }.`,
      ...differenceBars(
        rows.map((row) => ({
          name: row.model,
          label: signed(row.difference),
          difference: row.difference,
          interval: row.interval,
          distinguishable: row.distinguishable,
        })),
        range,
      ),
    },
    numbers: {
      head: ["Model", "Difference", "95 % interval", "p", "p, Holm", "Verdict"],
      texts: [5],
      rows: rows.map((row) => [
        name(row.model),
        signed(row.difference),
        ends(row),
        probability(row.p),
        probability(row.pHolm),
        verdictTag(row, verdictOf(row)),
      ]),
    },
  };
}

const ends = ({ interval: { low, high } }: Difference): string =>
  `${signed(low)} to ${signed(high)}`;

/** Words on a difference in the colour of its sign, and in bold where it is more than noise. */
export function verdictTag({ difference, distinguishable }: Difference, words: string): Html {
  const sign = difference > 0 ? "up" : "down";
  return markup`<span class="tag${distinguishable && ` ${sign}`}">${words}</span>`;
}
