/**
 * Colours as CSS variables, so that one drawing serves light and dark. The colours of models keep a
 * distance of 18 (CIE 1976) from each other with every common colour vision and a contrast of 3 : 1
 * with both backgrounds; lines also differ in marker and dash.
 */
import type { Marker } from "./markers.ts";

/** How a model is drawn everywhere. */
export interface Look {
  /** Its colour, a CSS variable. */
  readonly colour: string;
  readonly marker: Marker;
  readonly dash: readonly number[] | "solid";
}

/**
 * By the model's place in its run. The variables' numbers are those of pages before colours went by
 * place, on which the notebook's five models look as they do now.
 */
const LOOKS: readonly Look[] = [
  { colour: "var(--c5)", marker: "plus", dash: [1, 2] },
  { colour: "var(--c3)", marker: "diamond", dash: [9, 3, 2, 3] },
  { colour: "var(--c0)", marker: "circle", dash: "solid" },
  { colour: "var(--c1)", marker: "rect", dash: [7, 3] },
  { colour: "var(--c2)", marker: "triangle", dash: [2, 3] },
  { colour: "var(--c4)", marker: "bar", dash: [4, 2] },
  { colour: "var(--c6)", marker: "down", dash: [12, 4] },
  { colour: "var(--c7)", marker: "cross", dash: [6, 2, 1, 2] },
  { colour: "var(--c8)", marker: "hexagon", dash: [3, 4] },
  { colour: "var(--c9)", marker: "left", dash: [10, 2, 1, 2, 1, 2] },
  { colour: "var(--c10)", marker: "flat", dash: [5, 5] },
  { colour: "var(--c11)", marker: "right", dash: [1, 4] },
];

/**
 * The look of each model, given in the order of its run: on every page of a run, whichever models
 * it shows, they look the same. Colours repeat after twelve, then with another marker and dash.
 */
export function looksOf(models: readonly string[]): Readonly<Record<string, Look>> {
  return Object.fromEntries(models.map((model, place) => [model, lookAt(place)]));
}

function lookAt(place: number): Look {
  const round = Math.floor(place / LOOKS.length);
  const { colour } = LOOKS[place % LOOKS.length];
  const { marker, dash } = LOOKS[(place + round) % LOOKS.length];
  return { colour, marker, dash };
}

/** Steps of the bands, the strongest first; each with the colour of text on it. */
export const BANDS = Array.from(
  { length: 7 },
  (_, i) => ({ fill: `var(--b${i})`, text: `var(--t${i})` }),
);

const LIGHT = {
  page: "#f6f7f9",
  card: "#ffffff",
  ink: "#1a1f27",
  soft: "#4d5664",
  line: "#d8dde4",
  faint: "#e9ecf0",
  accent: "#0b5cad",
  best: "#e6f2ea",
  bestInk: "#12633a",
  warn: "#fff4d9",
  warnLine: "#c98a00",
  alarm: "#b3261e",
  alarmInk: "#ffffff",
  up: "#0b5cad",
  down: "#b3470f",
  c0: "#0071bb",
  c1: "#aa4f23",
  c2: "#004e40",
  c3: "#873a7e",
  c4: "#b67e00",
  c5: "#737679",
  c6: "#0aa055",
  c7: "#8773fa",
  c8: "#412d05",
  c9: "#a57daf",
  c10: "#0032b9",
  c11: "#55007d",
  b0: "#08306b",
  b1: "#1f62a8",
  b2: "#4f93cb",
  b3: "#8fbfe0",
  b4: "#bcd6e9",
  b5: "#d9e4ee",
  b6: "#efece6",
  t0: "#ffffff",
  t1: "#ffffff",
  t2: "#0b1420",
  t3: "#0b1420",
  t4: "#0b1420",
  t5: "#1a1f27",
  t6: "#1a1f27",
};
const DARK: typeof LIGHT = {
  page: "#11151b",
  card: "#191e26",
  ink: "#e8ebf0",
  soft: "#a9b2bf",
  line: "#343c48",
  faint: "#262d37",
  accent: "#7cb8f5",
  best: "#17362a",
  bestInk: "#8fe0b4",
  warn: "#3a2e0e",
  warnLine: "#e3ab2d",
  alarm: "#ff8a80",
  alarmInk: "#250402",
  up: "#7cb8f5",
  down: "#ff9f66",
  c0: "#579cf8",
  c1: "#ff925a",
  c2: "#2ed2aa",
  c3: "#de8cd3",
  c4: "#f3c841",
  c5: "#818891",
  c6: "#aff096",
  c7: "#6955e1",
  c8: "#f00a19",
  c9: "#be1ea0",
  c10: "#1e8719",
  c11: "#cd0f5a",
  b0: "#d7ebff",
  b1: "#8fc4f5",
  b2: "#5796d2",
  b3: "#376da3",
  b4: "#294f78",
  b5: "#243c57",
  b6: "#3b3733",
  t0: "#0b1420",
  t1: "#0b1420",
  t2: "#0b1420",
  t3: "#ffffff",
  t4: "#ffffff",
  t5: "#e8ebf0",
  t6: "#e8ebf0",
};

const declare = (colours: typeof LIGHT): string =>
  Object.entries(colours).map(([key, value]) => `--${key}:${value}`).join(";");

/** The variables' declarations: light, dark where the reader asks for it, light again on paper. */
export const PALETTE_CSS = `:root{color-scheme:light dark;${
  declare(LIGHT)
}}\n@media (prefers-color-scheme:dark){:root{${
  declare(DARK)
}}}\n@media print{:root{color-scheme:light;${declare({ ...LIGHT, page: "#ffffff" })}}}`;
