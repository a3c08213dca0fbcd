/** How training went, and which courses are popular. */
import { bars } from "../drawings.ts";
import { markup, name } from "../html.ts";
import { count, share } from "../numbers.ts";
import { type LossCurve, lossFigure } from "../loss_curves.ts";
import { type Figure, figures } from "../parts.ts";
import type { Section } from "../section.ts";
import { validatedModels, validationFigure } from "../validation_figure.ts";
import type { View } from "../view.ts";

const NO_LOSSES = "No model of this run is trained in epochs, so there are no losses to show.";

/** Loss curves, and what the models were trained on most. */
export function trainingSection(view: View): Section {
  const nItems = view.results.n_items;
  const trained = view.models.filter((model) =>
    (view.report.training[model]?.epoch_losses?.length ?? 0) > 0
  );
  const validated = validatedModels(view);
  return {
    id: "training",
    title: "Training",
    link: "Training",
    body: [
      trained.length === 0 && markup`<p class="soft">${NO_LOSSES}</p>`,
      figures(
        ...(trained.length > 0 ? [lossFigure(LOSS, curvesOf(view, trained), nItems)] : []),
        ...(validated.length > 0 ? [validationFigure(view, validated)] : []),
        ...(view.report.sanity_samples.popular_courses.length > 0 ? [coursesFigure(view)] : []),
      ),
    ],
  };
}

const LOSS = { id: "loss", title: "Training loss: mean cross-entropy by epoch" };

function curvesOf({ report, looks }: View, trained: readonly string[]): LossCurve[] {
  return trained.map((name) => ({
    name,
    look: looks[name],
    losses: report.training[name].epoch_losses!,
  }));
}

/** The courses that were training labels most often. */
function coursesFigure({ report, results }: View): Figure {
  const popular = report.sanity_samples.popular_courses;
  const together = popular.reduce((sum, { share: of }) => sum + of, 0);
  return {
    chart: {
      id: "popular-courses",
      title: "The popular courses, share of training labels",
      description: `Bars, most popular first: ${
        popular.map(({ course, share: of }) => `${course} ${share(of, 4)}`).join("; ")
      }.`,
      ...bars(
        popular.map(({ course, share: of }) => ({
          name: course,
          value: of,
          label: share(of, 4),
          colour: "var(--accent)",
        })),
        { format: (x) => String(Number(x.toFixed(4))), limit: 1 },
      ),
    },
    remark: `These ${popular.length} of ${count(results.n_items)} courses have ${
      share(together)
    } of the training labels; an even share of one course would be ${
      share(1 / results.n_items, 4)
    }.`,
    numbers: {
      head: ["Course", "Share", "Times an even share"],
      rows: popular.map((
        { course, share: of },
      ) => [name(course), share(of, 4), (of * results.n_items).toFixed(1)]),
    },
  };
}
