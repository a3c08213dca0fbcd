/** A comparison of runs as one self-contained page. */
import { METRIC_NAMES, type MetricName } from "../metrics/metrics.ts";
import type { RunDocuments } from "../runs/run_documents.ts";
import { inOrder, ranked } from "./view.ts";
import { type Comparison, type Difference, verdictOf } from "./compare.ts";
import { compareMeasuresSection, measureRows } from "./compare_measures_section.ts";
import { differenceBars } from "./difference_bars.ts";
import { type Html, markup, name } from "./html.ts";
import { count, metric, METRIC_TITLES, probability, sentenceList, signed } from "./numbers.ts";
import { alarm, page, warnings } from "./page.ts";
import { looksOf } from "./palette.ts";
import { breakable, type Figure, figures, section, table } from "./parts.ts";

/** The page's HTML. */
export function renderComparison(comparison: Comparison): string {
  const { runs, differences } = comparison;
  const [first] = runs;
  const { results } = first;
  const marked = runs.find(({ report }) => report.data.synthetic);
  const holding = differences.filter(({ distinguishable }) => distinguishable).length;
  return page({
    title: `Runs ${runs.map(({ config }) => config.run_tag).join(" and ")}`,
    heading: `${runs.length} runs compared`,
    lead: markup`${sentenceList(runs.map(({ config }) => config.run_tag))} on the same ${
      count(results.n_queries)
    } queries of ${count(results.n_test_episodes)} test episodes.`,
    facts: [
      [count(runs.length), "runs"],
      [
        count(comparison.models.length),
        comparison.models.length === 1 ? "model in common" : "models in common",
      ],
      [`${holding} of ${differences.length}`, "differences distinguishable"],
    ],
    links: [
      ["differences", "Differences"],
      ["table", "Every number"],
      ["measures", "Every metric"],
      ["settings", "What differs"],
    ],
    body: [
      markup`<ul class="runs">${
        runs.map((run, i) =>
          markup`<li><b>${letterOf(i)}</b> <strong>${
            name(tagOf(run))
          }</strong> <span class="soft">${name(run.report.created_at.replace("T", " "))}, ${
            name(sentenceList(ranked(run.results.baselines)))
          }</span></li>`
        )
      }</ul>`,
      marked === undefined ? undefined : alarm(marked.report.data),
      warnings(comparison.notes),
      differencesSection(comparison),
      tableSection(comparison),
      compareMeasuresSection(measureRows(runs, comparison.models), letterOf),
      settingsSection(comparison),
    ],
  });
}

const verdict = (row: Difference): Html =>
  markup`<span class="tag${row.distinguishable && " holds"}">${verdictOf(row)}</span>`;
/** A, B, C … in the runs' order. */
const letterOf = (run: number): string => String.fromCharCode(65 + run);
const tagOf = ({ config }: RunDocuments): string => config.run_tag;

/** Every difference drawn with its interval, a figure for each metric and run. */
function differencesSection({ runs, differences, users, adjustedFor }: Comparison): Html {
  const looks = looksOf(inOrder(runs[0].results.baselines));
  const drawn = runs.slice(1).flatMap((run, i) =>
    METRIC_NAMES.map((key): Figure => {
      const rows = differences.filter((difference) =>
        difference.metric === key && difference.run === i + 1
      )
        .sort((a, b) => b.difference - a.difference);
      return {
        chart: {
          id: `difference-${i + 1}-${key.replace("@", "-at-")}`,
          title: `${METRIC_TITLES[key]}: ${letterOf(i + 1)} minus A`,
          description: `${tagOf(run)} minus ${tagOf(runs[0])}, differences with 95 % intervals: ${
            rows.map((row) =>
              `${row.model} ${signed(row.difference)} (${ends(row)}), ${verdictOf(row)}`
            ).join("; ")
          }.`,
          ...differenceBars(rows.map((row) => ({
            name: row.model,
            label: signed(row.difference),
            difference: row.difference,
            interval: row.interval,
            colour: looks[row.model].colour,
            distinguishable: row.distinguishable,
          }))),
        },
        numbers: {
          head: ["Model", "Difference", "95 % interval", "p", "p, Holm", "Verdict"],
          texts: [5],
          rows: rows.map((
            row,
          ) => [
            name(row.model),
            signed(row.difference),
            ends(row),
            probability(row.p),
            probability(row.pHolm),
            verdict(row),
          ]),
        },
      };
    })
  );
  return section(
    "differences",
    "Differences",
    figures(...drawn),
    markup`<p class="remark">${
      `Intervals: Student’s t over ${count(users)} users, each alone. p: sign flips over users. ` +
      `p, Holm: adjusted for the ${adjustedFor} comparisons of this page in which any user ` +
      "differs. Distinguishable: adjusted p ≤ 0.05; hollow bars are not. Of pages that compare " +
      "equal runs, 5 in 100 or fewer call any difference distinguishable."
    }</p>`,
  );
}

const ends = ({ interval: { low, high } }: Difference): string =>
  `${signed(low)} to ${signed(high)}`;

/** The metrics of every run and model. */
function tableSection({ runs, models, differences }: Comparison): Html {
  const cell = (run: RunDocuments, i: number, model: string, key: MetricName): Html => {
    const metrics = run.results.baselines[model];
    if (metrics === undefined) return markup`–`;
    const difference = differences.find((entry) =>
      entry.run === i && entry.model === model && entry.metric === key
    );
    const below = difference !== undefined &&
      markup`<br><span class="${difference.distinguishable ? "tag holds" : "tag"}">${
        signed(difference.difference)
      }</span>`;
    return markup`${metric(metrics[key])}${below}`;
  };
  return section(
    "table",
    "Every number",
    markup`<div class="card dense">${
      table({
        head: ["Model and run", ...METRIC_NAMES.map((key) => breakable(METRIC_TITLES[key]))],
        rows: models.flatMap((model) =>
          runs.map((run, i) => [
            markup`<span class="${i > 0 && "soft"}">${breakable(model)}</span> <b>${
              letterOf(i)
            }</b>`,
            ...METRIC_NAMES.map((key) => cell(run, i, model, key)),
          ])
        ),
      })
    }</div>`,
    markup`<p class="remark">Below a number: the difference from A, green if distinguishable.</p>`,
  );
}

const ALIKE = "Nothing in their configuration, environment or data: these runs were made alike.";

/** How the runs were made differently. */
function settingsSection({ runs, settings }: Comparison): Html {
  return section(
    "settings",
    "What differs",
    settings.length === 0 ? markup`<p>${ALIKE}</p>` : markup`<div class="card settings">${
      table({
        head: ["Setting", ...runs.map((_, i) => letterOf(i))],
        texts: runs.map((_, i) => i + 1),
        rows: settings.map((setting) => [
          name(setting.name),
          ...setting.values.map((value) => name(value)),
        ]),
      })
    }</div>`,
  );
}
