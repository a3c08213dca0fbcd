/** The validation episodes' metric after each epoch. */
import { counted } from "../errors/counted.ts";
import type { RankMetric } from "../metrics/metrics.ts";
import { lines } from "./drawings.ts";
import { MEASURE_TITLES, metric } from "./numbers.ts";
import { breakable, type Figure, lineLegend } from "./parts.ts";
import type { View } from "./view.ts";

/** Models that were scored after each epoch. */
export function validatedModels({ models, report }: View): string[] {
  return models.filter((model) => (report.training[model]?.validation?.length ?? 0) > 0);
}

/** The metric that training went by: the run's `--select`. */
function selectedMetric({ config }: View): RankMetric {
  const { select } = config.flags;
  return typeof select === "string" && Object.hasOwn(MEASURE_TITLES, select)
    ? select as RankMetric
    : "mrr";
}

/** Curves of the selected metric; a model's kept epoch is named. At least one model. */
export function validationFigure(view: View, validated: readonly string[]): Figure {
  const { report, looks } = view;
  const key = selectedMetric(view);
  const curves = validated.map((model) =>
    report.training[model].validation!.map((scores) => scores[key])
  );
  const epochs = Math.max(...curves.map((curve) => curve.length));
  const kept = validated.flatMap((model) => {
    const epoch = report.training[model].kept_epoch;
    return epoch === undefined ? [] : [`${model} of epoch ${epoch}`];
  });
  return {
    chart: {
      id: "validation",
      title: `${MEASURE_TITLES[key]} on the validation episodes by epoch`,
      description: `Lines over ${counted(epochs, "epoch")}. ${
        validated.map((model, i) =>
          `${model} from ${metric(curves[i][0])} to ${metric(curves[i].at(-1)!)}`
        ).join("; ")
      }.`,
      ...lines(
        validated.map((model, i) => ({
          look: looks[model],
          points: curves[i].map((y, x) => ({ x, y })),
        })),
        {
          xTitle: "epoch",
          ticks: Array.from({ length: epochs }, (_, e) => String(e + 1)),
          yFormat: (y) => String(Number(y.toFixed(3))),
          yFree: true,
          showMarkers: epochs <= 30,
        },
      ),
    },
    legend: lineLegend(looks, validated),
    remark: kept.length === 0
      ? "Looked at only: the last epoch is the model."
      : `Training ended when it got no better; the best is the model: ${kept.join(", ")}.`,
    numbers: {
      head: ["Epoch", ...validated.map(breakable)],
      rows: Array.from(
        { length: epochs },
        (
          _,
          e,
        ) => [e + 1, ...curves.map((curve) => curve[e] === undefined ? "–" : metric(curve[e]))],
      ),
    },
  };
}
