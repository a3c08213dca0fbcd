/**
 * The critical-difference diagram (Demšar 2006): mean ranks on an axis, the best to the left, and
 * thick lines over models that are not told apart.
 */
import { cliquesOf, type Ranking } from "../../metrics/friedman.ts";
import { escape, type Html, trusted } from "../html.ts";

/** Widths in pixels, and room for names, as charts have them. */
const WIDTHS = { wide: { width: 520, names: 170 }, narrow: { width: 328, names: 134 } } as const;
const ROW = 21;
const LINE = 7;
const TOP = 52;

/** The diagram for wide and narrow pages. */
export function criticalDifferenceDiagram(
  id: string,
  models: readonly string[],
  ranking: Ranking,
): Html {
  return trusted(draw(id, "wide", models, ranking) + draw(id, "narrow", models, ranking));
}

function draw(
  id: string,
  kind: keyof typeof WIDTHS,
  models: readonly string[],
  ranking: Ranking,
): string {
  const { width, names } = WIDTHS[kind];
  const { meanRanks, criticalDifference } = ranking;
  const left = names + 12;
  const right = width - 16;
  const x = (rank: number) => left + (rank - 1) / (models.length - 1) * (right - left);
  const cliques = cliquesOf(ranking);
  const below = TOP + 10 + LINE * cliques.length;
  const height = below + ROW * models.length + 8;
  const step = Math.ceil(models.length / (kind === "wide" ? 12 : 7));
  const ticks = models.map((_, i) => i + 1).filter((rank) => (rank - 1) % step === 0);
  const parts = [
    line(left, TOP, right, TOP, 1.5),
    ...ticks.flatMap((rank) => [
      line(x(rank), TOP - 5, x(rank), TOP, 1.5),
      text(x(rank), TOP - 9, `${rank}`, "middle"),
    ]),
    ...difference(x, criticalDifference, models.length),
    ...models.flatMap((name, i) => {
      const y = below + ROW * (i + 0.6);
      const at = x(meanRanks[i]);
      return [
        `<path d="M${round(names + 4)} ${round(y)}H${round(at)}V${TOP}" fill="none" ` +
        `stroke="var(--soft)" stroke-width="1"/>`,
        `<circle cx="${round(at)}" cy="${TOP}" r="3.5" fill="var(--accent)"/>`,
        text(names, y + 4, `${cut(name, kind)} ${meanRanks[i].toFixed(2)}`, "end"),
      ];
    }),
    ...cliques.map((clique, i) => {
      const y = TOP + 9 + LINE * i;
      const [first, last] = [clique[0], clique[clique.length - 1]].map((model) => meanRanks[model]);
      return line(x(first) - 3, y, x(last) + 3, y, 4);
    }),
  ];
  return `<svg class="${kind}" viewBox="0 0 ${width} ${height}" role="img" ` +
    `aria-labelledby="${id}-${kind}-text"><desc id="${id}-${kind}-text">${
      escape(descriptionOf(models, ranking))
    }</desc>${parts.join("")}</svg>`;
}

/** The critical difference above the axis; at most as long as it. */
function difference(x: (rank: number) => number, size: number, models: number): string[] {
  const end = Math.min(1 + size, models);
  const y = 20;
  return [
    line(x(1), y, x(end), y, 1.5),
    line(x(1), y - 4, x(1), y + 4, 1.5),
    ...size > models - 1 ? [] : [line(x(end), y - 4, x(end), y + 4, 1.5)],
    text(x(1), y - 8, `critical difference ${size.toFixed(2)}`, "start"),
  ];
}

/** What is seen, in words. */
export function descriptionOf(models: readonly string[], ranking: Ranking): string {
  const { meanRanks, criticalDifference } = ranking;
  const groups = cliquesOf(ranking).map((clique) => clique.map((i) => models[i]).join(", "));
  return `Mean ranks, 1 is the best: ${
    models.map((name, i) => `${name} ${meanRanks[i].toFixed(2)}`).join("; ")
  }. Critical difference ${criticalDifference.toFixed(2)}. Not told apart: ${
    groups.length === 0 ? "none" : groups.join("; ")
  }.`;
}

function line(x1: number, y1: number, x2: number, y2: number, width: number): string {
  const [a, b, c, d] = [x1, y1, x2, y2].map(round);
  return `<path d="M${a} ${b}L${c} ${d}" stroke="var(--ink)" stroke-width="${width}" fill="none"/>`;
}

function text(x: number, y: number, what: string, anchor: string): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="var(--ink)" ` +
    `style="font-size:12px">${escape(what)}</text>`;
}

/** A name as long as there is room for. */
function cut(name: string, kind: keyof typeof WIDTHS): string {
  const most = kind === "wide" ? 21 : 14;
  const letters = Array.from(name);
  return letters.length <= most ? name : `${letters.slice(0, most - 1).join("")}…`;
}

const round = (x: number): number => Math.round(10 * x) / 10;
