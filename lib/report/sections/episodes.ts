/** Metrics episode by episode: do all learners profit, or a few? */
import { counted } from "../../errors/counted.ts";
import type { MetricName } from "../../metrics/metrics.ts";
import { stackedShares } from "../drawings.ts";
import { byEpisode, quantile, sharesOf } from "../groups.ts";
import { METRIC_TITLES, share } from "../numbers.ts";
import { bandLegend, breakable, type Figure, figures } from "../parts.ts";
import type { Section } from "../section.ts";
import type { View } from "../view.ts";

/** The charts. */
export function episodesSection(view: View): Section {
  return {
    id: "episodes",
    title: "Episode by episode",
    link: "Episodes",
    body: figures(episodeFigure(view, "accuracy@1"), episodeFigure(view, "recall@10")),
  };
}

const BANDS = [
  { name: "all right", from: 1 },
  { name: "over 0.8", from: 0.8 + 1e-9 },
  { name: "0.6–0.8", from: 0.6 + 1e-9 },
  { name: "0.4–0.6", from: 0.4 + 1e-9 },
  { name: "0.2–0.4", from: 0.2 + 1e-9 },
  { name: "up to 0.2", from: Number.MIN_VALUE },
  { name: "none right", from: 0 },
];

function episodeFigure({ queries, models, results }: View, key: MetricName): Figure {
  const values = models.map((model) =>
    byEpisode(queries.ranks[model], queries.episode_offsets, key)
  );
  const starts = BANDS.map(({ from }) => from).toReversed();
  const shares = values.map((list) => sharesOf(list, starts).toReversed());
  const names = BANDS.map((band) => band.name);
  const sorted = values.map((list) => [...list].sort((a, b) => a - b));
  return {
    chart: {
      id: `episodes-${key.replace("@", "-at-")}`,
      title: `${METRIC_TITLES[key]} by episode, share of ${
        counted(results.n_test_episodes, "episode")
      }`,
      description:
        `Stacked bars of the shares of episodes by how many of their queries are right. ${
          models.map((model, i) =>
            `${model}: ${
              names.map((band, b) => `${band} ${share(shares[i][b])}`).filter((_, b) =>
                shares[i][b] > 0
              ).join(", ")
            }`
          ).join(". ")
        }.`,
      ...stackedShares(models, shares, names.length),
    },
    legend: bandLegend(names, "Shades: share of an episode's queries that are right"),
    numbers: {
      head: ["Model", "Median episode", "best episode", ...names.map((band) => `share ${band}`)],
      rows: models.map((model, i) => [
        breakable(model),
        share(quantile(sorted[i], 0.5)),
        share(sorted[i][sorted[i].length - 1]),
        ...shares[i].map((x) => share(x)),
      ]),
    },
  };
}
