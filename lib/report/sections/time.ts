/** What fitting and scoring cost. */
import { counted } from "../../errors/counted.ts";
import { bars } from "../drawings.ts";
import { name } from "../html.ts";
import { count, time, timeUnit } from "../numbers.ts";
import { type Figure, figures } from "../parts.ts";
import type { Section } from "../section.ts";
import type { View } from "../view.ts";

/** The charts. */
export function timeSection(view: View): Section {
  const { report: { training, evaluation }, results, models } = view;
  const scoring = `Time to score and rank ${counted(results.n_queries, "query")}`;
  return {
    id: "time",
    title: "Time",
    link: "Time",
    body: figures(
      timeFigure(
        view,
        "fit-time",
        "Time to fit",
        models.map((model) => [model, training[model]?.seconds]),
      ),
      timeFigure(
        view,
        "score-time",
        scoring,
        models.map((model) => [model, evaluation.seconds[model]]),
      ),
    ),
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
