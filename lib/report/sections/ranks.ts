/** Where the models rank the right course, over all queries. */
import { binName } from "../../metrics/bins.ts";
import { lines, stackedShares } from "../drawings.ts";
import { quantile, recallCurve, sharesOf } from "../groups.ts";
import { count, share } from "../numbers.ts";
import { bandLegend, breakable, type Figure, figures, lineLegend } from "../parts.ts";
import type { Section } from "../section.ts";
import { isManyTied, meanRank, type View } from "../view.ts";

/** The distribution of the label's rank. */
export function ranksSection(view: View): Section {
  return {
    id: "ranks",
    title: "Where the right course is ranked",
    link: "Ranks",
    body: figures(bandFigure(view), curveFigure(view)),
  };
}

function bandFigure(view: View): Figure {
  const { queries, models, results } = view;
  const starts = [1, 2, 6, 11, 51, 201].filter((start) => start <= results.n_items);
  const names = starts.map((start, i) => binName(start, starts[i + 1]));
  const shares = models.map((model) => sharesOf(queries.ranks[model], starts));
  const sorted = models.map((model) => [...queries.ranks[model]].sort((a, b) => a - b));
  const expected = models.map((model) =>
    isManyTied(view, model) ? results.ties_in_random_order?.[model]?.mean_rank : undefined
  );
  const withTies = expected.some((rank) => rank !== undefined);
  return {
    chart: {
      id: "rank-bands",
      title: "Rank of the right course, share of queries",
      description: `Stacked bars of the shares of queries by rank. ${
        models.map((model, i) =>
          `${model}: ${names.map((band, b) => `rank ${band} ${share(shares[i][b])}`).join(", ")}`
        ).join(". ")
      }.`,
      ...stackedShares(models, shares, starts.length),
    },
    legend: bandLegend(names.map((band) => `rank ${band}`), "Shades"),
    remark: withTies && "Expected: with courses of equal score in random order, where more than " +
        "1 in 100 queries are tied.",
    numbers: {
      head: [
        "Model",
        "Mean rank",
        ...(withTies ? ["expected"] : []),
        "median",
        "a quarter within",
        "three quarters within",
        ...names.map((band) => `share at ${band}`),
      ],
      rows: models.map((model, i) => [
        breakable(model),
        meanRank(view, model).toFixed(1),
        ...(withTies ? [expected[i]?.toFixed(1) ?? "–"] : []),
        ...[0.5, 0.25, 0.75].map((p) => count(quantile(sorted[i], p))),
        ...shares[i].map((x) => share(x)),
      ]),
    },
  };
}

function curveFigure({ queries, models, looks, results }: View): Figure {
  const curves = models.map((model) => recallCurve(queries.ranks[model], results.n_items));
  const shown = [1, 5, 10, 20, 50, 100, 500, 1000].filter((k) => k <= results.n_items);
  const at = (curve: typeof curves[number], k: number) => curve.findLast(({ x }) => x <= k)!.y;
  const far = Math.min(100, results.n_items);
  const within = (model: string, k: number) =>
    queries.ranks[model].filter((rank) => rank <= k).length / queries.labels.length;
  return {
    chart: {
      id: "recall-curve",
      title: "Recall@k: right course among the first k",
      description:
        `Curves over k from 1 to ${results.n_items} on a logarithmic axis. At k = 10 and ${far}: ${
          models.map((model, i) =>
            `${model} ${share(within(model, 10))} and ${share(at(curves[i], far))}`
          ).join("; ")
        }.`,
      ...lines(models.map((model, i) => ({ look: looks[model], points: curves[i] })), {
        xTitle: "k, the length of the list",
        logarithmic: true,
        xRange: [1, results.n_items],
        yFormat: (y) => String(Number(y.toFixed(3))),
        yLimit: 1,
        showMarkers: false,
      }),
    },
    legend: lineLegend(looks, models),
    numbers: {
      head: ["Model", ...shown.map((k) => `k = ${count(k)}`)],
      rows: models.map((model) => [
        breakable(model),
        ...shown.map((k) => share(within(model, k), 4)),
      ]),
    },
  };
}
