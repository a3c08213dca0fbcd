/** Dots with intervals in rows of bins: every model a lane in every bin. */
import type { CustomSeriesOption } from "echarts/charts";
import type { Interval } from "../metrics/interval.ts";
import { AXIS_LINE, AXIS_TEXT, type Drawing, TEXT, type Width } from "./chart.ts";
import { MARKERS } from "./markers.ts";
import type { Look } from "./palette.ts";

/** One dot. */
export interface Dot {
  readonly look: Look;
  readonly value: number;
  readonly interval: Interval;
}

/** A bin: its name, what is said below it, and a dot a lane. */
export interface DotRow {
  readonly name: string;
  readonly note: string;
  readonly dots: readonly Dot[];
}

/** The values' axis, from 0 to `max`. */
export interface DotAxis {
  readonly max: number;
  readonly format: (x: number) => string;
}

/** Heights in pixels: of a lane, and of the space between two bins. */
const LANE = 13;
const GAP = 13;
/** Room for a bin's name. */
const NAME_ROOM: Readonly<Record<Width, number>> = { wide: 104, narrow: 86 };

/** Draws bins from top to bottom. */
export function dots(rows: readonly DotRow[], { max, format }: DotAxis): Drawing {
  const lanes = Math.max(...rows.map((row) => row.dots.length));
  const band = Math.max(36, lanes * LANE + GAP);
  return {
    height: 44 + band * rows.length,
    option: (width) => ({
      grid: { left: NAME_ROOM[width], right: 18, top: 8, bottom: 32 },
      xAxis: {
        type: "value",
        min: 0,
        max,
        interval: max / (width === "wide" ? 5 : 4),
        axisLabel: { ...AXIS_TEXT, formatter: format },
        splitLine: AXIS_LINE,
        axisLine: { show: false },
        axisTick: { show: false },
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: rows.map((_, row) => row),
        axisTick: { show: false },
        axisLine: AXIS_LINE,
        splitLine: { show: true, ...AXIS_LINE },
        axisLabel: {
          ...TEXT,
          interval: 0,
          lineHeight: 15,
          formatter: (row: string) => `${rows[Number(row)].name}\n${rows[Number(row)].note}`,
        },
      },
      series: [dotSeries(rows, lanes)],
    }),
  };
}

function dotSeries(rows: readonly DotRow[], lanes: number): CustomSeriesOption {
  const all = rows.flatMap((row, y) => row.dots.map((dot, lane) => ({ ...dot, y, lane })));
  return {
    type: "custom",
    silent: true,
    clip: false,
    data: all.map(({ value, interval: { low, high }, y }) => [value, low, high, y]),
    renderItem: ({ dataIndex }, api) => {
      const { look, lane } = all[dataIndex];
      const row = api.value(3) as number;
      const [x, middle] = api.coord([api.value(0), row]);
      const y = middle + (lane - (lanes - 1) / 2) * LANE;
      const [low] = api.coord([api.value(1), row]);
      const [high] = api.coord([api.value(2), row]);
      return {
        type: "group",
        children: [
          {
            type: "line" as const,
            shape: { x1: low, y1: y, x2: high, y2: y },
            style: { stroke: look.colour, lineWidth: 1.5, fill: "none" },
          },
          markerAt(look, x, y),
        ],
      };
    },
  };
}

/** A model's marker around a point. */
function markerAt({ marker, colour }: Look, x: number, y: number) {
  const { path, size } = MARKERS[marker];
  const [width, height] = typeof size === "number" ? [size, size] : size;
  return {
    type: "path" as const,
    shape: { pathData: path, x: x - width / 2, y: y - height / 2, width, height },
    style: { fill: colour, stroke: "var(--card)", lineWidth: 1 },
  };
}
