/** Metrics over parts of the queries: by the length of the prefix, by the course's popularity. */
import { counted } from "../../errors/counted.ts";
import { PREFIX_STARTS } from "../../metrics/bins.ts";
import { clustersOf } from "../../metrics/clusters.ts";
import { type Interval, metricInterval } from "../../metrics/interval.ts";
import type { MetricName } from "../../metrics/metrics.ts";
import { type DotAxis, dots } from "../dots.ts";
import { binned, type Group, meanOver, merged } from "../groups.ts";
import { markup, type Piece } from "../html.ts";
import { count, interval, metric, METRIC_TITLES } from "../numbers.ts";
import { breakable, type Figure, figures, lineLegend } from "../parts.ts";
import type { Section } from "../section.ts";
import type { View } from "../view.ts";

/** Fewer queries than this make no bin of their own. */
export const FEWEST = 10;
const SLICE_METRICS = ["accuracy@1", "recall@10"] as const;

/** By what queries are told apart. */
interface Slicing {
  readonly id: string;
  readonly title: string;
  readonly link: string;
  readonly groups: readonly Group[];
  /** What the groups are, in the figures' titles and as a heading. */
  readonly against: string;
  readonly head: string;
}

/** Metrics by the length of the prefix. */
export function prefixSection(view: View): Section {
  return slicesSection(view, {
    id: "prefix",
    title: "By the length of the prefix",
    link: "Prefix length",
    groups: binned(view.queries.prefix_lengths, PREFIX_STARTS),
    against: "prefix length",
    head: "courses in the prefix",
  });
}

/** Metrics by how often the right course was a training label. */
export function popularitySection(view: View): Section {
  const counts = view.queries.label_train_counts;
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  return slicesSection(view, {
    id: "popularity",
    title: "By the popularity of the right course",
    link: "Popularity",
    groups: binned(counts, most < 1000 ? [0, 1, 10, 30, 100, 300] : [0, 1, 10, 100, 1000]),
    against: "course popularity",
    head: "times it was a training label",
  });
}

/** A section of slices; bins of fewer than `FEWEST` queries are put together with the next. */
function slicesSection(view: View, slicing: Slicing): Section {
  const { id, title, link } = slicing;
  const groups = merged(slicing.groups, FEWEST);
  const body: Piece = groups.length === 0
    ? markup`<p class="soft">Fewer than ${FEWEST} queries are nothing to slice.</p>`
    : [
      figures(...SLICE_METRICS.map((key) => sliceFigure(view, key, { ...slicing, groups }))),
      markup`<p class="remark">Lines: 95 % intervals over the users of a bin. Bins of fewer than \
${FEWEST} queries are joined to a neighbour. Where many models and bins are looked at, some stand \
out by chance; no verdict is given here.</p>`,
    ];
  return { id, title, link, body };
}

/** A model in a bin. */
interface Slice {
  readonly value: number;
  readonly interval: Interval;
}

function sliceFigure(
  { queries, models, looks, userOf }: View,
  key: MetricName,
  { id, groups, against, head }: Slicing,
): Figure {
  const slices = groups.map((group): Slice[] => {
    const clusters = clustersOf(group.queries.map((query) => userOf[query]));
    return models.map((model) => ({
      value: meanOver(queries.ranks[model], group.queries, key),
      interval: metricInterval(
        group.queries.map((query) => queries.ranks[model][query]),
        clusters,
        key,
      ),
    }));
  });
  const users = groups.map((group) => new Set(group.queries.map((query) => userOf[query])).size);
  return {
    chart: {
      id: `${id}-${key.replace("@", "-at-")}`,
      title: `${METRIC_TITLES[key]} by ${against}`,
      description: `Dots with 95 % intervals in the bins ${
        groups.map((group) => `${group.name} (${counted(group.queries.length, "query")})`).join(
          ", ",
        )
      }. ${
        models.map((model, i) =>
          `${model}: ${slices.map((bin) => metric(bin[i].value)).join(", ")}`
        ).join(". ")
      }.`,
      ...dots(
        groups.map((group, bin) => ({
          name: group.name,
          note: counted(group.queries.length, "query"),
          dots: models.map((model, i) => ({ look: looks[model], ...slices[bin][i] })),
        })),
        SLICE_AXIS,
      ),
    },
    legend: lineLegend(looks, models),
    remark: `Rows: ${head}.`,
    numbers: {
      head: ["Model", ...groups.map((group) => group.name)],
      rows: [
        ["queries", ...groups.map((group) => count(group.queries.length))],
        ["users", ...users.map(count)],
        ...models.map((model, i) => [
          breakable(model),
          ...slices.map((bin) =>
            markup`${metric(bin[i].value)}<small>${interval(bin[i].interval)}</small>`
          ),
        ]),
      ],
    },
  };
}

/** All slices of a page have one scale. */
const SLICE_AXIS: DotAxis = { max: 1, format: (x) => String(Number(x.toFixed(2))) };
