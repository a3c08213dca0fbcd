/** The kinds of drawings: bars with intervals, bars of shares, and lines. */
import type { CustomSeriesOption } from "echarts/charts";
import type { Interval } from "../metrics/interval.ts";
import { AXIS_LINE, AXIS_TEXT, type Drawing, TEXT, type Width } from "./chart.ts";
import { MARKERS } from "./markers.ts";
import { scale } from "./numbers.ts";
import { BANDS, type Look } from "./palette.ts";

/** One bar: `label` is its value as a reader wants it. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly label: string;
  readonly colour: string;
  readonly interval?: Interval;
}

/** Room for a name beside bars, in pixels. */
export const NAME_ROOM: Readonly<Record<Width, number>> = { wide: 160, narrow: 130 };
/** Letters of a name beside bars; longer ones are cut. */
const LONGEST_NAME: Readonly<Record<Width, number>> = { wide: 23, narrow: 20 };
const ROW = 38;

/** The axis that names rows, each with its value below the name where there are `labels`. */
export function nameAxis(names: readonly string[], labels: readonly string[], width: Width) {
  return {
    type: "category",
    inverse: true,
    data: names.map((_, i) => i),
    axisTick: { show: false },
    axisLine: AXIS_LINE,
    axisLabel: {
      ...TEXT,
      interval: 0,
      width: NAME_ROOM[width] - 8,
      overflow: "truncate",
      // the name is never part of the format: what is in it stays text
      formatter: (value: string) =>
        shorten(names[Number(value)], LONGEST_NAME[width]) +
        (labels.length > 0 ? `\n${labels[Number(value)]}` : ""),
      fontSize: width === "wide" ? 12 : 11,
      lineHeight: 15,
    },
  };
}

/** A text of at most `limit` characters, never cut inside one. */
function shorten(text: string, limit: number): string {
  const characters = [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)];
  return characters.length <= limit
    ? text
    : `${characters.slice(0, limit - 1).map(({ segment }) => segment).join("")}…`;
}

function valueAxis(
  format: (x: number) => string,
  { max, interval }: { max: number; interval: number },
) {
  return {
    type: "value",
    min: 0,
    max,
    interval,
    axisLabel: { ...AXIS_TEXT, formatter: format, hideOverlap: true },
    splitLine: AXIS_LINE,
    axisLine: { show: false },
    axisTick: { show: false },
  };
}

/** Steps on an axis across the page. */
export const STEPS: Readonly<Record<Width, number>> = { wide: 5, narrow: 3 };
/** Intervals on rows, as lines with ends. */
export function whiskers(intervals: readonly (Interval | undefined)[]): CustomSeriesOption {
  return {
    type: "custom",
    silent: true,
    data: intervals.flatMap((interval, row) =>
      interval === undefined ? [] : [[interval.low, interval.high, row]]
    ),
    z: 5,
    renderItem: (_, api) => {
      const row = api.value(2) as number;
      const [x0, y] = api.coord([api.value(0), row]);
      const [x1] = api.coord([api.value(1), row]);
      const line = (
        fromX: number,
        fromY: number,
        toX: number,
        toY: number,
        stroke: string,
        lineWidth: number,
      ) => ({
        type: "line" as const,
        shape: { x1: fromX, y1: fromY, x2: toX, y2: toY },
        style: { stroke, lineWidth, fill: "none" },
      });
      return {
        type: "group",
        children: [
          line(x0, y, x1, y, "var(--card)", 4), // so that it shows on a dark bar too
          line(x0, y, x1, y, "var(--ink)", 1.5),
          line(x0, y - 4, x0, y + 4, "var(--ink)", 1.5),
          line(x1, y - 4, x1, y + 4, "var(--ink)", 1.5),
        ],
      };
    },
  };
}

/**
 * How the values of bars are read. `ceiling` is a line to compare with, `limit` the largest value
 * there can be.
 */
export interface BarAxis {
  readonly format: (x: number) => string;
  readonly limit?: number;
  /** The largest value on charts that share a scale with this one. */
  readonly top?: number;
  readonly ceiling?: { readonly label: string; readonly value: number };
}

/** Horizontal bars in the given order, with whiskers where there are intervals. */
export function bars(rows: readonly Bar[], axis: BarAxis): Drawing {
  const { format, limit, ceiling } = axis;
  const top = axis.top ?? Math.max(
    ...rows.map(({ value, interval }) => Math.max(value, interval?.high ?? 0)),
    ceiling?.value ?? 0,
  );
  return {
    height: 44 + ROW * rows.length + (ceiling === undefined ? 0 : 18),
    option: (width) => ({
      grid: { left: NAME_ROOM[width], right: 22, top: ceiling === undefined ? 8 : 26, bottom: 32 },
      xAxis: valueAxis(format, scale(top, STEPS[width], limit)),
      yAxis: nameAxis(rows.map(({ name }) => name), rows.map(({ label }) => label), width),
      series: [
        {
          type: "bar",
          silent: true,
          barWidth: 16,
          data: rows.map(({ value, colour }) => ({ value, itemStyle: { color: colour } })),
          markLine: ceiling && {
            silent: true,
            symbol: "none",
            lineStyle: { color: "var(--ink)", type: [5, 4], width: 1.5 },
            label: {
              ...TEXT,
              formatter: () => ceiling.label,
              position: "start",
              distance: 6,
              align: ceiling.value > 0.75 * top ? "right" : "center",
            },
            data: [{ xAxis: ceiling.value }],
          },
        },
        whiskers(rows.map(({ interval }) => interval)),
      ],
    }),
  };
}

/** Smaller shares have no room for their number. */
const LEAST_LABELLED: Readonly<Record<Width, number>> = { wide: 0.085, narrow: 0.17 };

/** Horizontal bars of shares that add up to 1: `shares[row][band]`, the strongest colour first. */
export function stackedShares(
  names: readonly string[],
  shares: readonly (readonly number[])[],
  bands: number,
): Drawing {
  return {
    height: 36 + 38 * names.length,
    option: (width) => ({
      grid: { left: NAME_ROOM[width], right: 22, top: 4, bottom: 30 },
      xAxis: {
        ...valueAxis(String, { max: 1, interval: 0.25 }),
        splitLine: { show: false },
      },
      yAxis: nameAxis(names, [], width),
      series: Array.from({ length: bands }, (_, band) => ({
        type: "bar",
        stack: "shares",
        silent: true,
        barWidth: 22,
        itemStyle: { color: BANDS[band].fill, borderColor: "var(--card)", borderWidth: 1 },
        label: {
          show: true,
          ...TEXT,
          fontSize: 11,
          color: BANDS[band].text,
          formatter: ({ value }: { value: number }) =>
            value >= LEAST_LABELLED[width] ? value.toFixed(2) : "",
        },
        data: shares.map((row) => row[band]),
      })),
    }),
  };
}

/** One line. */
export interface Line {
  readonly look: Look;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/**
 * The axes of lines. `ticks` names the whole x values 0, 1, …; without it x is a number, on a
 * logarithmic scale if so asked.
 */
export interface LineAxes {
  readonly xTitle: string;
  readonly ticks?: readonly string[];
  readonly logarithmic?: boolean;
  readonly xRange?: readonly [number, number];
  readonly yFormat: (y: number) => string;
  /** Begins near the least value instead of 0. */
  readonly yFree?: boolean;
  /** The largest value there can be. */
  readonly yLimit?: number;
  readonly showMarkers: boolean;
}

/** Lines. */
export function lines(drawn: readonly Line[], axes: LineAxes): Drawing {
  const { ticks, logarithmic, xRange } = axes;
  const plainAxis = logarithmic ? "log" : "value";
  const top = Math.max(0, ...drawn.flatMap(({ points }) => points.map(({ y }) => y)));
  return {
    height: 276,
    option: (width) => ({
      grid: {
        left: 52,
        right: 18,
        top: 16,
        bottom: ticks?.some((tick) => tick.includes("\n")) ? 70 : 52,
      },
      xAxis: {
        type: ticks !== undefined ? "category" : plainAxis,
        data: ticks,
        min: ticks === undefined ? xRange?.[0] : undefined,
        max: ticks === undefined ? xRange?.[1] : undefined,
        minInterval: 1,
        boundaryGap: ticks !== undefined,
        name: axes.xTitle,
        nameLocation: "middle",
        nameGap: ticks?.some((tick) => tick.includes("\n")) ? 50 : 34,
        nameTextStyle: AXIS_TEXT,
        axisLine: AXIS_LINE,
        axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: {
          ...AXIS_TEXT,
          margin: 12,
          interval: (ticks?.length ?? 0) > 12 ? undefined : 0,
          fontSize: width === "narrow" && (ticks?.length ?? 0) > 5 ? 10.5 : 12,
          lineHeight: 15,
          hideOverlap: ticks === undefined,
        },
      },
      yAxis: {
        ...valueAxis(axes.yFormat, scale(top, 4, axes.yLimit)),
        ...(axes.yFree
          ? { min: undefined, max: undefined, interval: undefined, scale: true, splitNumber: 4 }
          : {}),
      },
      series: drawn.map(({ look, points }) => ({
        type: "line",
        silent: true,
        clip: false,
        lineStyle: { color: look.colour, width: 2, type: look.dash },
        itemStyle: { color: look.colour },
        showSymbol: axes.showMarkers,
        symbol: MARKERS[look.marker].symbol,
        symbolSize: MARKERS[look.marker].size,
        data: points.map(({ x, y }) => [x, y]),
      })),
    }),
  };
}
