/** The markers of lines: as ECharts draws them in charts, and as markup in legends. */

interface Drawn {
  /** ECharts' name or a path. */
  readonly symbol: string;
  /** The same as the data of a path. */
  readonly path: string;
  /** Width and height in charts, in pixels. */
  readonly size: number | readonly [number, number];
  /** SVG around (15, 7), the middle of a legend's swatch. */
  readonly swatch: string;
}

/** Every marker. */
export const MARKERS = {
  circle: {
    symbol: "circle",
    path: "M4 0a4 4 0 1 1 0 8a4 4 0 1 1 0-8z",
    size: 8,
    swatch: `<circle cx="15" cy="7" r="4"/>`,
  },
  rect: {
    symbol: "rect",
    path: "M0 0h8v8h-8z",
    size: 8,
    swatch: `<rect x="11" y="3" width="8" height="8"/>`,
  },
  triangle: {
    symbol: "triangle",
    path: "M5 0l5 9h-10z",
    size: 10,
    swatch: `<path d="M15 2l5 9h-10z"/>`,
  },
  diamond: {
    symbol: "diamond",
    path: "M5.5 0l5.5 5.5-5.5 5.5-5.5-5.5z",
    size: 11,
    swatch: `<path d="M15 1.5l5.5 5.5-5.5 5.5-5.5-5.5z"/>`,
  },
  bar: {
    symbol: "path://M0 0h4v11h-4z",
    path: "M0 0h4v11h-4z",
    size: [4, 11],
    swatch: `<rect x="13" y="1.5" width="4" height="11"/>`,
  },
  plus: {
    symbol: "path://M3.5 0h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z",
    path: "M3.5 0h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z",
    size: 9,
    swatch: `<path d="M13.5 2h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z"/>`,
  },
  down: {
    symbol: "path://M0 0h10l-5 9z",
    path: "M0 0h10l-5 9z",
    size: [10, 9],
    swatch: `<path d="M10 3h10l-5 9z"/>`,
  },
  cross: {
    symbol: "path://M0 2l2-2 3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z",
    path: "M0 2l2-2 3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z",
    size: 9,
    swatch: `<path d="M10 4l2-2 3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z"/>`,
  },
  hexagon: {
    symbol: "path://M2.5 0h5l2.5 4.5-2.5 4.5h-5l-2.5-4.5z",
    path: "M2.5 0h5l2.5 4.5-2.5 4.5h-5l-2.5-4.5z",
    size: [10, 9],
    swatch: `<path d="M12.5 2.5h5l2.5 4.5-2.5 4.5h-5l-2.5-4.5z"/>`,
  },
  left: {
    symbol: "path://M9 0v10l-9-5z",
    path: "M9 0v10l-9-5z",
    size: [9, 10],
    swatch: `<path d="M19 2v10l-9-5z"/>`,
  },
  flat: {
    symbol: "path://M0 0h11v4h-11z",
    path: "M0 0h11v4h-11z",
    size: [11, 4],
    swatch: `<rect x="9.5" y="5" width="11" height="4"/>`,
  },
  right: {
    symbol: "path://M0 0v10l9-5z",
    path: "M0 0v10l9-5z",
    size: [9, 10],
    swatch: `<path d="M11 2v10l9-5z"/>`,
  },
} as const satisfies Record<string, Drawn>;

/** The name of a marker. */
export type Marker = keyof typeof MARKERS;
