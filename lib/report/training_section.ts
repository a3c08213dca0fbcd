/** How training went, what it and scoring cost, and which courses are popular. */
import { bars, lines } from "./drawings.ts";
import { type Html, markup, name } from "./html.ts";
import { count, percent, time, timeUnit } from "./numbers.ts";
import { breakable, type Figure, figures, lineLegend, section } from "./parts.ts";
import { validatedModels, validationFigure } from "./validation_figure.ts";
import type { View } from "./view.ts";

const NO_LOSSES = "No model of this run is trained in epochs, so there are no losses to show.";

/** Loss curves, and what the models were trained on most. */
export function trainingSection(view: View): Html {
  const trained = view.models.filter((model) =>
    (view.report.training[model]?.epoch_losses?.length ?? 0) > 0
  );
  const validated = validatedModels(view);
  return section(
    "training",
    "Training",
    trained.length === 0 &&
      markup`<p class="soft">${NO_LOSSES}</p>`,
    figures(
      ...(trained.length > 0 ? [lossFigure(view, trained)] : []),
      ...(validated.length > 0 ? [validationFigure(view, validated)] : []),
      ...(view.report.sanity_samples.popular_courses.length > 0 ? [coursesFigure(view)] : []),
    ),
  );
}

/** What fitting and scoring cost. */
export function timeSection(view: View): Html {
  const { report: { training, evaluation }, results, models } = view;
  return section(
    "time",
    "Time",
    figures(
      timeFigure(
        view,
        "fit-time",
        "Time to fit",
        models.map((model) => [model, training[model]?.seconds]),
      ),
      timeFigure(
        view,
        "score-time",
        `Time to score and rank ${count(results.n_queries)} queries`,
        models.map((model) => [model, evaluation.seconds[model]]),
      ),
    ),
  );
}

function lossFigure({ report, results, looks }: View, trained: readonly string[]): Figure {
  const losses = trained.map((model) => report.training[model].epoch_losses!);
  const epochs = Math.max(...losses.map((list) => list.length));
  return {
    chart: {
      id: "loss",
      title: "Training loss: mean cross-entropy by epoch",
      description: `Lines over ${epochs} ${epochs === 1 ? "epoch" : "epochs"}. ${
        trained.map((model, i) =>
          `${model} from ${losses[i][0].toFixed(3)} to ${losses[i].at(-1)!.toFixed(3)}`
        ).join("; ")
      }.`,
      ...lines(
        trained.map((model, i) => ({
          look: looks[model],
          points: losses[i].map((y, x) => ({ x, y })),
        })),
        {
          xTitle: "epoch",
          ticks: Array.from({ length: epochs }, (_, e) => String(e + 1)),
          yFormat: (y) => String(Number(y.toFixed(2))),
          yFree: true,
          showMarkers: epochs <= 30,
        },
      ),
    },
    legend: lineLegend(looks, trained),
    remark: `Natural logarithm; guessing evenly among ${count(results.n_items)} courses costs ${
      Math.log(results.n_items).toFixed(2)
    }.`,
    numbers: {
      head: ["Epoch", ...trained.map(breakable)],
      rows: Array.from(
        { length: epochs },
        (_, e) => [e + 1, ...losses.map((list) => list[e]?.toFixed(4) ?? "–")],
      ),
    },
  };
}

function timeFigure(
  { report, results, looks }: View,
  id: string,
  title: string,
  seconds: readonly (readonly [string, number | undefined])[],
): Figure {
  const known = seconds.filter((entry): entry is readonly [string, number] =>
    entry[1] !== undefined
  ).sort(([, a], [, b]) => a - b);
  const fit = id === "fit-time";
  const each = fit ? "Each epoch" : "Each query";
  const unit = timeUnit(Math.max(...known.map(([, total]) => total)));
  const parts = (model: string, total: number) => {
    const parts = fit ? report.training[model]?.epoch_losses?.length : results.n_queries;
    return parts ? time(total / parts) : "–";
  };
  return {
    chart: {
      id,
      title,
      description: `Bars, fastest first: ${
        known.map(([model, total]) => `${model} ${time(total)}`).join("; ")
      }.`,
      ...bars(
        known.map(([model, value]) => ({
          name: model,
          value: value / unit.seconds,
          label: time(value),
          colour: looks[model].colour,
        })),
        {
          format: (x) => `${Number(x.toPrecision(3))} ${unit.unit}`,
        },
      ),
    },
    numbers: {
      head: fit ? ["Model", "Time", each, "Parameters", "Device"] : ["Model", "Time", each],
      rows: known.map(([model, total]) => {
        const { parameters, device } = report.training[model] ?? {};
        const size = parameters === undefined ? "–" : count(parameters);
        const made = fit ? [size, device ?? "–"] : [];
        return [name(model), time(total), parts(model, total), ...made];
      }),
      texts: fit ? [4] : [],
    },
  };
}

/** The courses that were training labels most often. */
function coursesFigure({ report, results }: View): Figure {
  const popular = report.sanity_samples.popular_courses;
  const together = popular.reduce((sum, { share }) => sum + share, 0);
  return {
    chart: {
      id: "popular-courses",
      title: "The popular courses, % of training labels",
      description: `Bars, most popular first: ${
        popular.map(({ course, share }) => `${course} ${percent(share, 2)}`).join("; ")
      }.`,
      ...bars(
        popular.map(({ course, share }) => ({
          name: course,
          value: share,
          label: percent(share, 2),
          colour: "var(--accent)",
        })),
        { format: (x) => `${Number((100 * x).toFixed(2))} %`, limit: 1 },
      ),
    },
    remark: `These ${popular.length} of ${count(results.n_items)} courses have ${
      percent(together)
    } of the training labels; an even share of one course would be ${
      percent(1 / results.n_items, 2)
    }.`,
    numbers: {
      head: ["Course", "Share", "Times an even share"],
      rows: popular.map((
        { course, share },
      ) => [name(course), percent(share, 3), (share * results.n_items).toFixed(1)]),
    },
  };
}
