/** A comparison of runs as one self-contained page. */
import { METRIC_NAMES, type MetricName } from "../metrics/metrics.ts";
import type { RunDocuments } from "../runs/run_documents.ts";
import { type Comparison, type Difference, verdictOf } from "./compare.ts";
import { differenceBars } from "./difference_bars.ts";
import { type Html, html, name } from "./html.ts";
import { count, metric, METRIC_TITLES, probability, sentenceList, signed } from "./numbers.ts";
import { alarm, page, warnings } from "./page.ts";
import { looksOf } from "./palette.ts";
import { type Figure, figures, section, table } from "./parts.ts";

/** The page's HTML. */
export function renderComparison(comparison: Comparison): string {
  const { runs, differences } = comparison, [first] = runs, { results } = first, marked = runs.find(({ report }) => report.data.synthetic);
  const holding = differences.filter(({ holds }) => holds).length;
  return page({
    title: `Runs ${runs.map(({ config }) => config.run_tag).join(" and ")}`,
    heading: `${runs.length} runs compared`,
    lead: html`${sentenceList(runs.map(({ config }) => config.run_tag))} on the same ${count(results.n_queries)} queries of ${
      count(results.n_test_episodes)
    } test episodes.`,
    facts: [
      [count(runs.length), "runs"],
      [count(comparison.models.length), comparison.models.length === 1 ? "model in common" : "models in common"],
      [`${holding} of ${differences.length}`, "differences hold"],
    ],
    links: [["differences", "Differences"], ["table", "Every number"], ["settings", "What differs"]],
    body: [
      marked === undefined ? undefined : alarm(marked.report.data),
      warnings(comparison.notes),
      differencesSection(comparison),
      tableSection(comparison),
      settingsSection(comparison),
    ],
  });
}

const verdict = ({ holds }: Difference): Html =>
  html`<span class="tag${holds ? " holds" : ""}">${holds ? "holds" : "does not hold"}</span>`;
const tagOf = ({ config }: RunDocuments): string => config.run_tag;

/** Every difference drawn with its interval, a figure for each metric and run. */
function differencesSection({ runs, models, differences }: Comparison): Html {
  const looks = looksOf(models), number = differences.length;
  const drawn = runs.slice(1).flatMap((run, i) =>
    METRIC_NAMES.map((key): Figure => {
      const rows = differences.filter((difference) => difference.metric === key && difference.run === i + 1)
        .sort((a, b) => b.difference - a.difference);
      return {
        chart: {
          id: `difference-${i + 1}-${key.replace("@", "-at-")}`,
          title: `${METRIC_TITLES[key]}: ${tagOf(run)} minus ${tagOf(runs[0])}`,
          description: `Differences with 95 % intervals: ${
            rows.map((row) => `${row.model} ${signed(row.difference)} (${ends(row)}), ${verdictOf(row)}`).join("; ")
          }.`,
          ...differenceBars(rows.map((row) => ({
            name: row.model,
            label: signed(row.difference),
            difference: row.difference,
            interval: row.interval,
            colour: looks[row.model].colour,
            holds: row.holds,
          }))),
        },
        numbers: {
          head: ["Model", tagOf(runs[0]), tagOf(run), "Difference", "95 % interval", "p", "Verdict"],
          texts: [6],
          rows: rows.map((
            row,
          ) => [
            name(row.model),
            metric(row.first),
            metric(row.second),
            signed(row.difference),
            ends(row),
            probability(row.p),
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
    html`
      <p
        class="remark">Paired bootstrap over episodes: the same episodes are drawn for both runs. A difference holds when its 95 % interval leaves out zero; hollow bars do not hold. Among ${number} differences of equal runs about ${Number(
          (0.05 * number).toFixed(1),
        )} would hold by chance.</p>
    `,
  );
}

const ends = ({ interval: { low, high } }: Difference): string => `${signed(low)} to ${signed(high)}`;

/** The metrics of every run and model. */
function tableSection({ runs, models, differences }: Comparison): Html {
  const cell = (run: RunDocuments, i: number, model: string, key: MetricName): Html => {
    const metrics = run.results.baselines[model];
    const difference = differences.find((entry) => entry.run === i && entry.model === model && entry.metric === key);
    return metrics === undefined ? html`–` : html`${metric(metrics[key])}${
      difference !== undefined &&
      html`<br><span class="${difference.holds ? "tag holds" : "tag"}">${signed(difference.difference)}</span>`
    }`;
  };
  return section(
    "table",
    "Every number",
    html`<div class="card">${
      table({
        head: ["Model", "Run", ...METRIC_NAMES.map((key) => METRIC_TITLES[key])],
        texts: [1],
        rows: models.flatMap((model) =>
          runs.map((
            run,
            i,
          ) => [
            i === 0 ? name(model) : html`<span class="soft">${name(model)}</span>`,
            name(tagOf(run)),
            ...METRIC_NAMES.map((key) => cell(run, i, model, key)),
          ])
        ),
      })
    }</div>`,
    html`<p class="remark">Below a number: the difference from ${name(tagOf(runs[0]))}, on green where it holds.</p>`,
  );
}

/** How the runs were made differently. */
function settingsSection({ runs, settings }: Comparison): Html {
  return section(
    "settings",
    "What differs",
    settings.length === 0
      ? html`<p>Nothing in their configuration, environment or data: these runs were made alike.</p>`
      : html`<div class="card settings">${
        table({
          head: ["Setting", ...runs.map((run) => name(tagOf(run)))],
          texts: runs.map((_, i) => i + 1),
          rows: settings.map((setting) => [name(setting.name), ...setting.values.map((value) => name(value))]),
        })
      }</div>`,
  );
}
