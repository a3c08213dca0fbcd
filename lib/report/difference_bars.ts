/** Differences around zero with their intervals. */
import type { Interval } from "../metrics/interval.ts";
import { AXIS_LINE, AXIS_TEXT, type Drawing } from "./chart.ts";
import { NAME_ROOM, nameAxis, STEPS, whiskers } from "./drawings.ts";
import { scale, signed } from "./numbers.ts";

/** One difference; hollow where it may be noise. */
export interface DifferenceBar {
  readonly name: string;
  readonly label: string;
  readonly difference: number;
  /** None where nothing differs. */
  readonly interval?: Interval;
  readonly distinguishable: boolean;
}

/**
 * Horizontal bars to the left or right of zero, in the given order, coloured by their sign. `range`
 * is what the axis holds at least.
 */
export function differenceBars(rows: readonly DifferenceBar[], range: Interval): Drawing {
  const { low } = range;
  const span = range.high - low;
  return {
    height: 44 + 38 * rows.length,
    option: (width) => {
      const { interval } = scale(span, STEPS[width]);
      const steps = Math.floor(low / interval + 1e-9);
      return {
        grid: { left: NAME_ROOM[width], right: 26, top: 8, bottom: 32 },
        xAxis: {
          type: "value",
          min: interval * steps,
          max: interval * Math.max(steps + 1, Math.ceil((low + span) / interval - 1e-9)),
          interval,
          axisLabel: {
            ...AXIS_TEXT,
            formatter: (x: number) => signed(x, digitsOf(interval)),
            hideOverlap: true,
          },
          splitLine: AXIS_LINE,
          axisLine: { show: false },
          axisTick: { show: false },
        },
        yAxis: {
          ...nameAxis(rows.map(({ name }) => name), rows.map(({ label }) => label), width),
          axisLine: { show: false },
        },
        series: [
          {
            type: "bar",
            silent: true,
            barWidth: 16,
            data: rows.map(({ difference, distinguishable }) => {
              const colour = difference < 0 ? "var(--down)" : "var(--up)";
              return {
                value: difference,
                itemStyle: {
                  color: distinguishable ? colour : "var(--card)",
                  borderColor: colour,
                  borderWidth: distinguishable ? 1.5 : 1,
                },
              };
            }),
            markLine: {
              silent: true,
              symbol: "none",
              label: { show: false },
              lineStyle: { color: "var(--soft)", width: 1, type: "solid" },
              data: [{ xAxis: 0 }],
            },
          },
          whiskers(rows.map((row) => row.interval)),
        ],
      };
    },
  };
}

/** Decimals that tell steps of this size apart. */
function digitsOf(step: number): number {
  return Math.max(
    0,
    Math.min(
      6,
      Math.ceil(-Math.log10(step) - 1e-9) + (/^2\.?5/.test(step.toExponential()) ? 1 : 0),
    ),
  );
}
