/**
 * What the leaderboard shows, by the fragment of its address: `#mrr` or `#mrr.demo`. The page holds
 * no script: every view has an anchor, and the style sheet shows what belongs to the one that is
 * the target. Without one it is the first metric on all data sets.
 */
import type { RankMetric } from "../../metrics/metrics.ts";
import { type Html, markup, name } from "../html.ts";
import { MEASURE_TITLES } from "../numbers.ts";

/** What can be chosen. */
export interface Choices {
  readonly metrics: readonly RankMetric[];
  /** Names of the data sets, as they are shown. */
  readonly sets: readonly string[];
}

/** The class of what belongs to a metric. */
export const ofMetric = (metric: number): string => `of-metric m${metric}`;
/** The class of what belongs to a data set, or to all of them together. */
export const ofSet = (set: number | "all"): string => `of-set s${set}`;

/** The fragment of a view. */
export function fragmentOf(
  { metrics, sets }: Choices,
  metric: number,
  set: number | "all",
): string {
  const key = metrics[metric].replace("@", "-at-");
  return set === "all" ? key : `${key}.${slugOf(sets, set)}`;
}

/** The anchors and the links between them. */
export function filterBar(choices: Choices): Html {
  const { metrics, sets } = choices;
  const places: (number | "all")[] = ["all", ...sets.keys()];
  const link = (metric: number, set: number | "all", kind: string, text: Html | string) =>
    markup`<a class="chip ${kind}" href="#${fragmentOf(choices, metric, set)}">${text}</a>`;
  return markup`<div class="filters">${
    metrics.flatMap((_, metric) =>
      places.map((set) =>
        markup`<span class="view m${metric} s${set}" id="${
          fragmentOf(choices, metric, set)
        }"></span>`
      )
    )
  }<div class="choice" role="group" aria-label="Metric"><b>Metric</b>${
    places.flatMap((set) =>
      metrics.map((key, metric) =>
        link(metric, set, `in s${set} to-m${metric}`, MEASURE_TITLES[key])
      )
    )
  }</div><div class="choice" role="group" aria-label="Data set"><b>Data</b>${
    metrics.flatMap((_, metric) =>
      places.map((set) =>
        link(metric, set, `in m${metric} to-s${set}`, set === "all" ? "all" : name(sets[set]))
      )
    )
  }</div></div>`;
}

/**
 * The style sheet of the choices: on all data sets together each has its chart, alone its table
 * too. A browser without `:has` shows everything and the links jump.
 */
export function filterStyle({ metrics, sets }: Choices): string {
  const none = ":root:not(:has(.view:target))";
  const at = (state: string) => `:root:has(.view.${state}:target)`;
  const states = [
    ...metrics.map((_, i) => ({ state: `m${i}`, others: ".of-metric", isFirst: i === 0 })),
    ...["all", ...sets.keys()].map((set) => ({
      state: `s${set}`,
      others: ".of-set",
      isFirst: set === "all",
    })),
  ];
  const rules = states.flatMap(({ state, others, isFirst }) => {
    const roots = isFirst ? [none, at(state)] : [at(state)];
    const select = (inner: string) => roots.map((root) => `${root} ${inner}`).join(",");
    return [
      // on all data sets together those one by one stay
      state === "sall" ? "" : `${select(`${others}:not(.${state})`)}{display:none}`,
      `${select(`.chip.in.${state}`)}{display:inline-block}`,
      `${select(`.chip.to-${state}`)}{${CURRENT}}`,
    ];
  });
  const inAll = (inner: string) => `${none} ${inner},${at("sall")} ${inner}`;
  const brief = sets.length < 2 ? "" : `${inAll(".detail")}{display:none}\
@media (min-width:1040px){${inAll(".sets")}{display:grid;gap:0 20px;\
grid-template-columns:repeat(2,minmax(0,1fr))}}`;
  return `${STYLE}@supports selector(:has(*)){.chip.in{display:none}${rules.join("")}${brief}}`;
}

const CURRENT = "background:var(--accent);border-color:var(--accent);color:var(--card)";

const STYLE = `.view{position:absolute;inset:0 auto auto 0}
.filters{margin:0 0 26px;position:relative;scroll-margin-top:12px}
.choice{display:flex;flex-wrap:wrap;gap:7px;align-items:baseline;margin:0 0 9px}
.choice b{min-width:3.6em;color:var(--soft);font-size:.9rem}
.chip{border:1px solid var(--line);background:var(--card);border-radius:999px;padding:3px 12px;\
font-size:.9rem;text-decoration:none;overflow-wrap:anywhere}
.chip:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.detail{margin-top:14px}
.summary tr>:last-child{padding-inline-end:7px}
@media print{.filters{display:none}}
`;

/** A data set's name in a fragment: unique, of letters that need no escape. */
function slugOf(sets: readonly string[], set: number): string {
  const plain = (text: string) =>
    text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "data";
  const slug = plain(sets[set]);
  const before = sets.slice(0, set).filter((other) => plain(other) === slug).length;
  return before === 0 ? slug : `${slug}-${before + 1}`;
}
