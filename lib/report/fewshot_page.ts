/** A few-shot run as one self-contained page. */
import { counted, noun } from "../errors/counted.ts";
import { METRIC_NAMES, type MetricName } from "../metrics/metrics.ts";
import type { Interval } from "../metrics/interval.ts";
import type { FewshotDocuments, FewshotGain } from "../runs/fewshot_documents.ts";
import { differenceBars } from "./difference_bars.ts";
import { type Html, markup, name, type Piece } from "./html.ts";
import { count, metric, METRIC_TITLES, probability, signed } from "./numbers.ts";
import { alarm, page, warnings } from "./page.ts";
import { breakable, figures, table } from "./parts.ts";
import { rendered } from "./section.ts";
import { repeating } from "./sections/configuration.ts";
import { smallTest } from "./warnings.ts";

/** The page's HTML. */
export function renderFewshot(run: FewshotDocuments): string {
  const { config, results } = run;
  const { K, Q } = results.k_shot_config;
  return page({
    title: `Few-shot run ${results.run_tag}`,
    heading: "What support is worth",
    lead: markup`${name(results.base.model)}${
      results.base.run_tag !== null && markup` of the run ${name(results.base.run_tag)}`
    } adapted to new learners from ${
      counted(K, "pair")
    } each, asked ${Q}; every knob was chosen by ${titleOf(results.select)} on ${
      counted(results.n_validation_episodes, "validation episode")
    }.`,
    facts: [
      [count(results.n_test_episodes), noun(results.n_test_episodes, "test episode")],
      [count(results.n_queries), noun(results.n_queries, "query")],
      [count(results.n_own_session_queries), "in a session of the support"],
      [count(results.n_users), noun(results.n_users, "learner")],
    ],
    links: [["findings", "Findings"], ["gains", "Gains"], ["table", "Every row"], [
      "selection",
      "Selection",
    ], ["settings", "Settings"]],
    body: [
      alarm(results.data),
      warnings([
        ...results.too_few_to_choose ? [results.too_few_to_choose] : [],
        ...smallTest(results.n_users, results.n_test_episodes),
      ]),
      section(
        "findings",
        "Findings",
        markup`<ul>${results.findings.map((finding) => markup`<li>${finding}</li>`)}</ul>`,
      ),
      gainsSection(run),
      tableSection(run),
      selectionSection(run),
      section(
        "settings",
        "Settings",
        config.command !== undefined && repeating(config.command),
        markup`<div class="card settings">${
          table({
            head: ["Setting", "Value"],
            texts: [1],
            rows: [
              ["device", name(`${config.device} (${config.device_reason})`)],
              ["adaptation", name(config.adaptation)],
              ...Object.entries(config.flags).map((
                [key, value],
              ) => [name(key), name(valueText(value))]),
            ],
          })
        }</div>`,
      ),
    ],
  });
}

const section = (id: string, title: string, ...body: readonly Piece[]): Html =>
  rendered({ id, title, body });
const titleOf = (key: string): string => METRIC_TITLES[key as MetricName] ?? key;
const valueText = (value: unknown): string =>
  Array.isArray(value) ? value.join(", ") : String(value ?? "–");

/** Every method's gain drawn with its interval. */
function gainsSection({ results }: FewshotDocuments): Html {
  const methods = Object.entries(results.methods);
  const title = titleOf(results.select);
  const intervals = methods.flatMap(([, { gain, gain_over_placebo }]) =>
    [gain.interval_95, gain_over_placebo.interval_95].filter((one) => one !== null)
  );
  const range = {
    low: Math.min(0, ...intervals.map(({ low }) => low)),
    high: Math.max(0, ...intervals.map(({ high }) => high)),
  };
  const nothing = (chosen: boolean) => chosen ? "no difference" : "nothing chosen";
  const verdictOf = ({ interval_95, distinguishable }: FewshotGain, chosen: boolean) => {
    if (interval_95 === null) return nothing(chosen);
    return distinguishable ? "distinguishable" : "within noise";
  };
  const ends = (range: Interval | null) =>
    range === null ? "–" : `${signed(range.low)} to ${signed(range.high)}`;
  const p = (value: number | null) => value === null ? "–" : probability(value);
  const figure = (id: string, what: string, key: "gain" | "gain_over_placebo") => ({
    chart: {
      id,
      title: `${title}: method minus ${what}`,
      description: `Differences with 95 % intervals: ${
        methods.map(([method, { [key]: gain, chosen }]) =>
          `${method} ${signed(gain.difference)} (${
            gain.interval_95 === null ? nothing(chosen !== null) : ends(gain.interval_95)
          })`
        ).join("; ")
      }.`,
      ...differenceBars(
        methods.map(([method, { [key]: gain }]) => ({
          name: method,
          label: signed(gain.difference),
          difference: gain.difference,
          interval: gain.interval_95 ?? undefined,
          distinguishable: gain.distinguishable,
        })),
        range,
      ),
    },
    numbers: {
      head: ["Method", "Difference", "95 % interval", "p", "p, Holm", "Verdict"],
      texts: [5],
      rows: methods.map(([method, { [key]: gain, chosen }]) => [
        name(method),
        signed(gain.difference),
        ends(gain.interval_95),
        p(gain.p),
        p(gain.p_holm),
        markup`<span class="tag${gain.distinguishable && " holds"}">${
          verdictOf(gain, chosen !== null)
        }</span>`,
      ]),
    },
  });
  if (methods.length === 0) return section("gains", "Gains", markup`<p>No method was asked.</p>`);
  return section(
    "gains",
    "Gains",
    figures(
      figure("gain-over-zero-shot", "the base model as it is", "gain"),
      figure("gain-over-placebo", "itself with another learner’s support", "gain_over_placebo"),
    ),
    markup`<p class="remark">${
      `Intervals: Student’s t over ${
        counted(results.n_users, "user")
      }, each alone. p: sign flips over ` +
      `users. p, Holm: adjusted for ${
        counted(results.adjusted_for, "comparison")
      } of both figures. A ` +
      "gain that stays with another learner’s support is not personal."
    }</p>`,
  );
}

/** Every row: the base model, each method with its controls, the ceilings. */
function tableSection({ results }: FewshotDocuments): Html {
  type Values = Readonly<Record<MetricName, number>>;
  const key = results.select as MetricName;
  const cells = (values: Values) => METRIC_NAMES.map((one) => metric(values[one]));
  const split = (values: Values | null) => values === null ? "–" : metric(values[key]);
  const soft = (text: string) => markup`<span class="soft">${text}</span>`;
  const { zero_shot: base, ceilings } = results;
  return section(
    "table",
    "Every row",
    markup`<div class="card dense">${
      table({
        head: [
          "Row",
          ...METRIC_NAMES.map((one) => breakable(METRIC_TITLES[one])),
          `${titleOf(key)}, own session`,
          `${titleOf(key)}, other sessions`,
        ],
        rows: [
          [
            "zero-shot",
            ...cells(base.metrics),
            split(base.own_session),
            split(base.other_sessions),
          ],
          ...Object.entries(results.methods).flatMap(([method, of]) => [
            [
              breakable(method),
              ...cells(of.metrics),
              split(of.own_session),
              split(of.other_sessions),
            ],
            [soft("– placebo"), ...cells(of.placebo), "", ""],
            ...of.no_inner_loop === undefined
              ? []
              : [[soft("– no inner loop"), ...cells(of.no_inner_loop), "", ""]],
          ]),
          ...ceilings === null ? [] : [
            ["ceiling, from the prefix", ...cells(ceilings.prefix), "", ""],
            ["ceiling, with the support", ...cells(ceilings.with_support), "", ""],
          ],
        ],
      })
    }</div>`,
    markup`<p class="remark">Own session: queries whose session holds a support pair, so that \
their prefix tells it already. Placebo: with the next episode’s support. No inner loop: a \
meta-trained start as it is.</p>`,
  );
}

/** The whole grid of every method. */
function selectionSection({ selection, results }: FewshotDocuments): Html {
  const knobs = (of: Readonly<Record<string, unknown>> | null) =>
    of === null
      ? "no adaptation"
      : Object.entries(of).map(([key, value]) => `${key} ${value}`).join(", ");
  return section(
    "selection",
    "Selection",
    Object.entries(selection.methods).map(([method, cells]) => {
      const { chosen } = results.methods[method];
      return markup`<details><summary>${name(method)}: ${name(knobs(chosen))}, of ${
        counted(cells.length, "cell")
      }</summary>${
        table({
          head: ["Cell", `${titleOf(selection.metric)} on validation`],
          rows: cells.map((cell) => [
            JSON.stringify(cell.knobs) === JSON.stringify(chosen)
              ? markup`<b>${knobs(cell.knobs)}</b>`
              : knobs(cell.knobs),
            metric(cell.value),
          ]),
        })
      }</details>`;
    }),
    markup`<p class="remark">The first cell is always the base model as it is. No test episode is \
read before everything is chosen.</p>`,
  );
}
