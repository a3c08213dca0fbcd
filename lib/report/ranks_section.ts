/**
 * Where the models rank the right course: over all queries, by prefix, by the course's popularity,
 * by episode.
 */
import { binName, PREFIX_STARTS } from "../metrics/bins.ts";
import type { MetricName } from "../metrics/metrics.ts";
import { lines, stackedShares } from "./drawings.ts";
import {
  binned,
  byEpisode,
  type Group,
  meanOver,
  quantile,
  recallCurve,
  sharesOf,
} from "./groups.ts";
import { type Html, markup } from "./html.ts";
import { count, metric, METRIC_TITLES, percent } from "./numbers.ts";
import { bandLegend, breakable, type Figure, figures, lineLegend, section } from "./parts.ts";
import type { View } from "./view.ts";

/** Fewer queries than this make a group's mean a guess. */
const FEW = 30;
const GROUP_METRICS = ["accuracy@1", "recall@10"] as const;

/** The distribution of the label's rank. */
export function ranksSection(view: View): Html {
  return section(
    "ranks",
    "Where the right course is ranked",
    figures(bandFigure(view), curveFigure(view)),
  );
}

function bandFigure({ queries, models, results }: View): Figure {
  const starts = [1, 2, 6, 11, 51, 201].filter((start) => start <= results.n_items);
  const names = starts.map((start, i) => binName(start, starts[i + 1]));
  const shares = models.map((model) => sharesOf(queries.ranks[model], starts));
  const sorted = models.map((model) => [...queries.ranks[model]].sort((a, b) => a - b));
  return {
    chart: {
      id: "rank-bands",
      title: "Rank of the right course, % of queries",
      description: `Stacked bars of the shares of queries by rank. ${
        models.map((model, i) =>
          `${model}: ${names.map((band, b) => `rank ${band} ${percent(shares[i][b])}`).join(", ")}`
        ).join(". ")
      }.`,
      ...stackedShares(models, shares, starts.length),
    },
    legend: bandLegend(names.map((band) => `rank ${band}`), "Shades"),
    numbers: {
      head: ["Rank", ...models.map(breakable)],
      rows: [
        ["median", ...sorted.map((ranks) => count(quantile(ranks, 0.5)))],
        [
          "mean",
          ...sorted.map((ranks) =>
            (ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length).toFixed(1)
          ),
        ],
        ["a quarter within", ...sorted.map((ranks) => count(quantile(ranks, 0.25)))],
        ["three quarters within", ...sorted.map((ranks) => count(quantile(ranks, 0.75)))],
        ...names.map((band, b) => [`share at ${band}`, ...shares.map((row) => percent(row[b]))]),
      ],
    },
  };
}

function curveFigure({ queries, models, looks, results }: View): Figure {
  const curves = models.map((model) => recallCurve(queries.ranks[model], results.n_items));
  const shown = [1, 5, 10, 20, 50, 100, 500, 1000].filter((k) => k <= results.n_items);
  const at = (curve: typeof curves[number], k: number) => curve.findLast(({ x }) => x <= k)!.y;
  const within = (model: string, k: number) =>
    queries.ranks[model].filter((rank) => rank <= k).length / queries.labels.length;
  return {
    chart: {
      id: "recall-curve",
      title: "Recall@k: right course among the first k",
      description:
        `Curves over k from 1 to ${results.n_items} on a logarithmic axis. At k = 10 and 100: ${
          models.map((model, i) =>
            `${model} ${percent(within(model, 10))} and ${percent(at(curves[i], 100))}`
          ).join("; ")
        }.`,
      ...lines(models.map((model, i) => ({ look: looks[model], points: curves[i] })), {
        xTitle: "k, the length of the list",
        logarithmic: true,
        xRange: [1, results.n_items],
        yFormat: (y) => percent(y, 0),
        yLimit: 1,
        showMarkers: false,
      }),
    },
    legend: lineLegend(looks, models),
    numbers: {
      head: ["k", ...models.map(breakable)],
      rows: shown.map((k) => [count(k), ...models.map((model) => percent(within(model, k)))]),
    },
  };
}

/** A split of the queries against which accuracy is drawn. */
interface Split {
  readonly id: string;
  readonly title: string;
  readonly groups: readonly Group[];
  readonly xTitle: string;
  /** What the groups are, in the figures' titles and in the tables. */
  readonly against: string;
  readonly head: string;
}

/** Accuracy by the length of the prefix. */
export function prefixSection(view: View): Html {
  return splitSection(view, {
    id: "prefix",
    title: "Against the length of the prefix",
    groups: binned(view.queries.prefix_lengths, PREFIX_STARTS),
    xTitle: "courses in the prefix (below: queries)",
    against: "prefix length",
    head: "Courses in the prefix",
  });
}

/** Accuracy by how often the right course was a training label. */
export function popularitySection(view: View): Html {
  const counts = view.queries.label_train_counts;
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  return splitSection(view, {
    id: "popularity",
    title: "Against the popularity of the right course",
    groups: binned(counts, most < 1000 ? [0, 1, 10, 30, 100, 300] : [0, 1, 10, 100, 1000]),
    xTitle: "times it was a training label (below: queries)",
    against: "course popularity",
    head: "Times a training label",
  });
}

function splitSection(view: View, split: Split): Html {
  return section(
    split.id,
    split.title,
    figures(...GROUP_METRICS.map((key) => splitFigure(view, key, split))),
    split.groups.some(({ queries }) => queries.length < FEW) &&
      markup`<p class="remark">A hollow point rests on fewer than ${FEW} queries.</p>`,
  );
}

function splitFigure(
  { queries, models, looks }: View,
  key: MetricName,
  { id, groups, xTitle, against, head }: Split,
): Figure {
  const values = models.map((model) =>
    groups.map((group) => meanOver(queries.ranks[model], group.queries, key))
  );
  return {
    chart: {
      id: `${id}-${key.replace("@", "-at-")}`,
      title: `${METRIC_TITLES[key]} against ${against}`,
      description: `Lines over the groups ${
        groups.map((group) => `${group.name} (${group.queries.length} queries)`).join(", ")
      }. ${
        models.map((model, i) => `${model}: ${values[i].map((value) => percent(value)).join(", ")}`)
          .join(". ")
      }.`,
      ...lines(
        models.map((model, i) => ({
          look: looks[model],
          points: groups.map((group, x) => ({
            x,
            y: values[i][x],
            hollow: group.queries.length < FEW,
          })),
        })),
        {
          xTitle,
          ticks: groups.map((group) => `${group.name}\n${count(group.queries.length)}`),
          yFormat: (y) => `${Number((100 * y).toFixed(1))} %`,
          yLimit: 1,
          showMarkers: true,
        },
      ),
    },
    legend: lineLegend(looks, models),
    numbers: {
      head: [head, "Queries", ...models.map(breakable)],
      rows: groups.map((
        group,
        x,
      ) => [
        group.name,
        count(group.queries.length),
        ...models.map((_, i) => metric(values[i][x])),
      ]),
    },
  };
}

/** Accuracy episode by episode: do all learners profit, or a few? */
export function episodesSection(view: View): Html {
  return section(
    "episodes",
    "Episode by episode",
    figures(...GROUP_METRICS.map((key) => episodeFigure(view, key))),
  );
}

const EPISODE_BANDS = [
  { name: "all right", from: 1 },
  { name: "over 80 %", from: 0.8 + 1e-9 },
  { name: "60–80 %", from: 0.6 + 1e-9 },
  { name: "40–60 %", from: 0.4 + 1e-9 },
  { name: "20–40 %", from: 0.2 + 1e-9 },
  { name: "up to 20 %", from: Number.MIN_VALUE },
  { name: "none right", from: 0 },
];

function episodeFigure({ queries, models, results }: View, key: MetricName): Figure {
  const values = models.map((model) =>
    byEpisode(queries.ranks[model], queries.episode_offsets, key)
  );
  const starts = EPISODE_BANDS.map(({ from }) => from).toReversed();
  const shares = values.map((list) => sharesOf(list, starts).toReversed());
  const names = EPISODE_BANDS.map((band) => band.name);
  const sorted = values.map((list) => [...list].sort((a, b) => a - b));
  return {
    chart: {
      id: `episodes-${key.replace("@", "-at-")}`,
      title: `${METRIC_TITLES[key]} by episode, % of ${count(results.n_test_episodes)} episodes`,
      description:
        `Stacked bars of the shares of episodes by how many of their queries are right. ${
          models.map((model, i) =>
            `${model}: ${
              names.map((band, b) => `${band} ${percent(shares[i][b])}`).filter((_, b) =>
                shares[i][b] > 0
              ).join(", ")
            }`
          ).join(". ")
        }.`,
      ...stackedShares(models, shares, names.length),
    },
    legend: bandLegend(names, "Shades: share of an episode's queries that are right"),
    numbers: {
      head: ["Right in an episode", ...models.map(breakable)],
      rows: [
        ["median episode", ...sorted.map((episodes) => percent(quantile(episodes, 0.5)))],
        ["best episode", ...sorted.map((episodes) => percent(episodes[episodes.length - 1]))],
        ...names.map((band, b) => [`share with ${band}`, ...shares.map((row) => percent(row[b]))]),
      ],
    },
  };
}
