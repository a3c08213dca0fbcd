/**
 * Charts as SVG texts, drawn by ECharts without a browser. Each is drawn twice, for a wide and for
 * a narrow page, and the style sheet shows the one that fits, so that letters keep their size on a
 * phone.
 */
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { escape, type Html, markup, trusted } from "./html.ts";

use([BarChart, CustomChart, LineChart, GridComponent, MarkLineComponent, SVGRenderer]);

/** Widths in which charts are drawn, in CSS pixels. */
const WIDTHS = { wide: 520, narrow: 328 } as const;
/** One of the widths. */
export type Width = keyof typeof WIDTHS;

/** What is drawn, before its size is known. */
export interface Drawing {
  readonly height: number;
  readonly option: (width: Width) => EChartsCoreOption;
}

/** A drawing with its place on the page and its words. */
export interface Chart extends Drawing {
  /** Unique on the page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What is seen, for those who do not see it. */
  readonly description: string;
}

/** Text in charts. */
export const TEXT = { fontFamily: "inherit", fontSize: 12, color: "var(--ink)" } as const;
/** Text beside axes. */
export const AXIS_TEXT = { ...TEXT, color: "var(--soft)" } as const;
/** Lines of axes. */
export const AXIS_LINE = { lineStyle: { color: "var(--line)", width: 1 } } as const;

/** Both drawings of a chart. */
export function drawChart(chart: Chart): Html {
  return markup`${draw(chart, "wide")}${draw(chart, "narrow")}`;
}

function draw({ id, title, description, height, option }: Chart, width: Width): Html {
  const drawn = `${id}-${width}`;
  const surface = init(null, null, { renderer: "svg", ssr: true, width: WIDTHS[width], height });
  try {
    surface.setOption({ animation: false, textStyle: TEXT, ...option(width) });
    const body = bodyOf(surface.renderToSVGString(), drawn);
    return trusted(
      `<svg class="${width}" viewBox="0 0 ${
        WIDTHS[width]
      } ${height}" role="img" aria-labelledby="${drawn}-title ${drawn}-text">` +
        `<title id="${drawn}-title">${escape(title)}</title><desc id="${drawn}-text">${
          escape(description)
        }</desc>${body}</svg>`,
    );
  } finally {
    surface.dispose(); // an undisposed chart keeps the process alive
  }
}

/**
 * The drawing without its frame, its style sheet for the mouse, and its names that count charts
 * instead of naming them.
 */
function bodyOf(svg: string, id: string): string {
  return svg.slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>"))
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, "")
    .replace(/<rect [^>]*fill="none"><\/rect>\n?/, "")
    .replace(/ (?:class="[^"]*"|ecmeta_[a-z_]+="[^"]*"|pointer-events="[^"]*")/g, "")
    // frames of labels, which nobody sees
    .replace(/<path d="[^"]*"(?: transform="[^"]*")? fill="none"><\/path>/g, "")
    .replace(/\bzr\d+-/g, `${id}-`)
    .replaceAll("\n", "");
}
