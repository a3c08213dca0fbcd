/** Loss curves of the runs over each other, a figure for each model. */
import { lossFigure } from "../loss_curves.ts";
import { figures } from "../parts.ts";
import { looksOf } from "../palette.ts";
import type { Section } from "../section.ts";
import { type Comparison, letterOf } from "../compare.ts";

/** Curves of models that are trained in more than one of the runs; nothing where none is. */
export function lossesSection({ runs, models }: Comparison): Section | undefined {
  const looks = looksOf(runs.map((_, run) => letterOf(run)));
  const drawn = models.flatMap((model) => {
    const curves = runs.flatMap(({ report }, run) => {
      const losses = report.training[model]?.epoch_losses ?? [];
      const name = letterOf(run);
      return losses.length === 0 ? [] : [{ name, look: looks[name], losses }];
    });
    if (curves.length < 2) return [];
    const about = {
      id: `loss-${model.replaceAll("_", "-")}`,
      title: `${model}: mean cross-entropy by epoch`,
    };
    return [lossFigure(about, curves, runs[0].results.n_items)];
  });
  if (drawn.length === 0) return undefined;
  return { id: "losses", title: "Training loss", link: "Training loss", body: figures(...drawn) };
}
