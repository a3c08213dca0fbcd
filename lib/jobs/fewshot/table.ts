/** A few-shot run's results as a table for the terminal. */
import { counted } from "../../errors/counted.ts";
import { METRIC_NAMES, type MetricName } from "../../metrics/metrics.ts";
import { signed } from "../../report/numbers.ts";
import type { FewshotGain, FewshotResults } from "../../runs/fewshot_documents.ts";
import { table } from "../../terminal/table.ts";

const MARK = "*";

/** On what the results were measured, and by what was chosen. */
export function measuredOn(
  { k_shot_config: { K, Q }, n_test_episodes, n_validation_episodes, select }: FewshotResults,
): string {
  return `K=${K}, Q=${Q}, ${counted(n_test_episodes, "test episode")}, chosen by ${select} on ${
    counted(n_validation_episodes, "validation episode")
  }`;
}

/** A method a row, its controls below it; the ceilings last; how to read it. */
export function fewshotTable(results: FewshotResults): string {
  type Values = Readonly<Record<MetricName, number>>;
  const { zero_shot: zeroShot, ceilings, n_own_session_queries: own } = results;
  const key = results.select as MetricName;
  const values = (metrics: Values) => METRIC_NAMES.map((metric) => metrics[metric].toFixed(4));
  const value = (metrics: Values | null) => metrics === null ? "–" : metrics[key].toFixed(4);
  const rows = Object.entries(results.methods).flatMap(([name, method]) => [
    [
      name,
      ...values(method.metrics),
      ...gainCells(method.gain, method.chosen !== null),
      value(method.own_session),
      value(method.other_sessions),
    ],
    [
      "  placebo",
      ...values(method.placebo),
      `${signed(method.gain.difference - method.gain_over_placebo.difference)}${
        mark(method.gain_over_placebo)
      }`,
    ],
    ...method.no_inner_loop === undefined
      ? []
      : [["  no inner loop", ...values(method.no_inner_loop)]],
  ]);
  const header = ["Method", "Acc@1", "Recall@5", "Recall@10", "MRR"];
  const cells = [
    [
      "zero-shot",
      ...values(zeroShot.metrics),
      "",
      "",
      value(zeroShot.own_session),
      value(zeroShot.other_sessions),
    ],
    ...rows,
    ...ceilings === null ? [] : [
      ["(ceiling, prefix)", ...values(ceilings.prefix)],
      ["(ceiling, with support)", ...values(ceilings.with_support)],
    ],
  ];
  return `${table([...header, "gain ", "95 % interval", "own", "others"], cells)}
gain: ${key} against zero-shot; ${MARK} distinguishable from zero-shot, of a placebo: from its \
method (Holm)
own, others: ${key} of the ${
    counted(own, "query")
  } whose session holds a support pair, and of the others`;
}

const mark = ({ distinguishable }: FewshotGain) => distinguishable ? MARK : " ";

function gainCells(gain: FewshotGain, chosen: boolean): string[] {
  const { difference, interval_95: interval } = gain;
  return [
    `${signed(difference)}${mark(gain)}`,
    interval === null
      ? withoutInterval(chosen)
      : `${signed(interval.low)} to ${signed(interval.high)}`,
  ];
}

/** What stands for the interval where no query differs from zero-shot. */
export function withoutInterval(chosen: boolean): string {
  return chosen ? "no difference" : "nothing chosen";
}
