/**
 * The list of runs: a line each, as wide as the terminal. Where that is narrow, cells are said
 * shorter and columns left out, the least asked for first; where there is no terminal, every column
 * is there.
 */
import type { RankMetric } from "../../metrics/metrics.ts";
import { MEASURE_TITLES, metric, size } from "../../report/numbers.ts";
import { table } from "../../terminal/table.ts";
import { cut, shortened, widthOf } from "../../terminal/width.ts";
import type { RunSummary } from "./summary.ts";

/** Models that a line of the list names where there is room. */
const MOST_NAMED = 3;
/** Columns of a data set's name below which it says nothing any more. */
const LEAST_NAME = 8;
/** Spaces between two columns. */
const GAP = 2;

const COLUMNS = ["run", "data", "models", "best", "when", "status", "size"] as const;
type Column = typeof COLUMNS[number];

const TITLES: Readonly<Record<Column, string>> = {
  run: "Run",
  data: "Data",
  models: "Models",
  best: "Best",
  when: "When (UTC)",
  status: "Status",
  size: "Size",
};

/** A line's cells; a column that is left out has none. */
type Cells = Readonly<Partial<Record<Column, string>>>;

/** What a line takes, and what is done to it to take less. */
type Narrower = (cells: Cells, run: RunSummary) => Cells;

/** One after the other, until the list fits. */
const NARROWER: readonly Narrower[] = [
  (cells, { models }) => ({ ...cells, models: modelsText(models, 1) }),
  (cells) => ({ ...cells, best: cells.best?.replace("Accuracy@", "Acc@") }),
  ({ size: _size, ...cells }) => cells,
  (cells) => ({ ...cells, when: cells.when?.slice(0, 10) }),
  ({ models: _models, ...cells }) => cells,
  (cells, { data = "–" }) => ({ ...cells, data }),
  ({ when: _when, ...cells }) => cells,
];

/**
 * The list of `runs` in so many columns; in as many as it takes where none are given. A run is
 * named by its tag where none of `all` has the same, else by its folder.
 */
export function listText(
  runs: readonly RunSummary[],
  all: readonly RunSummary[],
  columns = Infinity,
): string {
  const tags = Map.groupBy(all, ({ tag }) => tag);
  let lines: readonly Cells[] = runs.map((run) =>
    cellsOf(run, tags.get(run.tag)?.length === 1 ? run.tag : run.folder)
  );
  for (const narrower of NARROWER) {
    if (widthOfAll(lines) <= columns) break;
    lines = lines.map((cells, i) => narrower(cells, runs[i]));
  }
  const tooMuch = widthOfAll(lines) - columns;
  if (tooMuch > 0) {
    const room = Math.max(LEAST_NAME, widest(lines, "data") - tooMuch);
    lines = lines.map((cells) => ({ ...cells, data: shortened(cells.data ?? "", room) }));
  }
  const shown = shownIn(lines);
  const text = table(
    shown.map((column) => TITLES[column]),
    lines.map((cells) => shown.map((column) => cells[column] ?? "")),
    Infinity, // it has been made to fit
  );
  return text.split("\n").map((line) => cut(line, columns)).join("\n");
}

function cellsOf(run: RunSummary, name: string): Cells {
  return {
    run: name,
    data: dataText(run),
    models: modelsText(run.models, MOST_NAMED),
    best: bestText(run),
    when: whenText(run.createdAt),
    status: run.status,
    size: size(run.bytes),
  };
}

const shownIn = ([first]: readonly Cells[]): Column[] =>
  COLUMNS.filter((column) => first[column] !== undefined);

function widest(lines: readonly Cells[], column: Column): number {
  return lines.reduce(
    (most, cells) => Math.max(most, widthOf(cells[column] ?? "")),
    widthOf(TITLES[column]),
  );
}

function widthOfAll(lines: readonly Cells[]): number {
  const widths = shownIn(lines).map((column) => widest(lines, column));
  return widths.reduce((sum, width) => sum + width, GAP * (widths.length - 1));
}

/** A run's data set and what was asked of it. */
export function dataText({ data, k, q, synthetic = false }: RunSummary): string {
  if (k === undefined) return data ?? "–";
  return `${data ?? "?"}${synthetic ? " (synthetic)" : ""} K=${k} Q=${q}`;
}

/** So many models by their names, and the number of the others. */
function modelsText(models: readonly string[], named: number): string {
  const more = models.length - named;
  return more < 1 || (more === 1 && named > 1)
    ? models.join(" ")
    : `${models.slice(0, named).join(" ")} +${more}`;
}

function bestText({ best }: RunSummary): string {
  if (best === undefined) return "–";
  const title = MEASURE_TITLES[best.metric as RankMetric] ?? best.metric;
  return `${best.model} ${title} ${metric(best.value)}`;
}

function whenText(created: string | undefined): string {
  return created === undefined ? "–" : created.replace("T", " ").replace(/(:\d\d)?Z?$/, "");
}
