/** How training went, what it and scoring cost, and which courses are popular. */
import { bars, lines } from "./drawings.ts";
import { type Html, html, name } from "./html.ts";
import { count, percent, time } from "./numbers.ts";
import { type Figure, figures, lineLegend, section } from "./parts.ts";
import type { View } from "./view.ts";

/** Loss curves and times. */
export function trainingSection(view: View): Html {
  const trained = view.models.filter((model) => (view.report.training[model]?.epoch_losses?.length ?? 0) > 0);
  return section(
    "training",
    "Training and time",
    trained.length === 0 && html`<p class="soft">No model of this run is trained in epochs, so there are no losses to show.</p>`,
    figures(
      ...(trained.length > 0 ? [lossFigure(view, trained)] : []),
      timeFigure(view, "fit-time", "Time to fit", view.models.map((model) => [model, view.report.training[model]?.seconds])),
      timeFigure(
        view,
        "score-time",
        `Time to score and rank ${count(view.results.n_queries)} queries`,
        view.models.map((model) => [model, view.report.evaluation.seconds[model]]),
      ),
    ),
  );
}

function lossFigure({ report, results, looks }: View, trained: readonly string[]): Figure {
  const losses = trained.map((model) => report.training[model].epoch_losses!), epochs = Math.max(...losses.map((list) => list.length));
  return {
    chart: {
      id: "loss",
      title: "Training loss: mean cross-entropy of each epoch",
      description: `Lines over ${epochs} ${epochs === 1 ? "epoch" : "epochs"}. ${
        trained.map((model, i) => `${model} from ${losses[i][0].toFixed(3)} to ${losses[i].at(-1)!.toFixed(3)}`).join("; ")
      }.`,
      ...lines(trained.map((model, i) => ({ look: looks[model], points: losses[i].map((y, e) => ({ x: e + 1, y })) })), {
        xTitle: "epoch",
        xRange: epochs === 1 ? [0, 2] : [1, epochs],
        yFormat: (y) => String(Number(y.toFixed(2))),
        yFree: true,
        showMarkers: epochs <= 30,
      }),
    },
    legend: lineLegend(looks, trained),
    remark: `Natural logarithm; guessing evenly among ${count(results.n_items)} courses costs ${Math.log(results.n_items).toFixed(2)}.`,
    numbers: {
      head: ["Epoch", ...trained.map(name)],
      rows: Array.from({ length: epochs }, (_, e) => [e + 1, ...losses.map((list) => list[e]?.toFixed(4) ?? "–")]),
    },
  };
}

function timeFigure(
  { report, results, looks }: View,
  id: string,
  title: string,
  seconds: readonly (readonly [string, number | undefined])[],
): Figure {
  const known = seconds.filter((entry): entry is readonly [string, number] => entry[1] !== undefined).sort(([, a], [, b]) => a - b);
  const fit = id === "fit-time", each = fit ? "Each epoch" : "Each query";
  const parts = (model: string, total: number) => {
    const parts = fit ? report.training[model]?.epoch_losses?.length : results.n_queries;
    return parts ? time(total / parts) : "–";
  };
  return {
    chart: {
      id,
      title,
      description: `Bars, fastest first: ${known.map(([model, total]) => `${model} ${time(total)}`).join("; ")}.`,
      ...bars(
        known.map(([model, value]) => ({ name: model, value, label: time(value), colour: looks[model].colour })),
        (x) => x === 0 ? "0" : time(x),
      ),
    },
    numbers: {
      head: fit ? ["Model", "Time", each, "Parameters", "Device"] : ["Model", "Time", each],
      rows: known.map(([model, total]) => {
        const { parameters, device } = report.training[model] ?? {};
        return [
          name(model),
          time(total),
          parts(model, total),
          ...(fit ? [parameters === undefined ? "–" : count(parameters), device ?? "–"] : []),
        ];
      }),
      texts: fit ? [4] : [],
    },
  };
}

/** The most popular courses; nothing where the run has no popularity model. */
export function coursesSection({ report, results }: View): Html | undefined {
  const popular = report.sanity_samples.popular_courses;
  if (popular.length === 0) return undefined;
  const together = popular.reduce((sum, { share }) => sum + share, 0);
  return section(
    "courses",
    "The popular courses",
    figures({
      chart: {
        id: "popular-courses",
        title: "Share of the training labels",
        description: `Bars, most popular first: ${popular.map(({ course, share }) => `${course} ${percent(share, 2)}`).join("; ")}.`,
        ...bars(
          popular.map(({ course, share }) => ({ name: course, value: share, label: percent(share, 2), colour: "var(--accent)" })),
          (x) => `${Number((100 * x).toFixed(2))} %`,
        ),
      },
      remark: `These ${popular.length} of ${count(results.n_items)} courses have ${
        percent(together)
      } of the training labels; an even share of one course would be ${percent(1 / results.n_items, 2)}.`,
      numbers: {
        head: ["Course", "Share", "Times an even share"],
        rows: popular.map(({ course, share }) => [name(course), percent(share, 3), (share * results.n_items).toFixed(1)]),
      },
    }),
  );
}
