/** Loss curves, of several models or of one model in several runs. */
import { counted } from "../errors/counted.ts";
import { lines } from "./drawings.ts";
import { type Figure, lineLegend } from "./parts.ts";
import { breakable } from "./parts.ts";
import type { Look } from "./palette.ts";

/** A curve: the mean loss of each epoch, in nats. */
export interface LossCurve {
  readonly name: string;
  readonly look: Look;
  readonly losses: readonly number[];
}

/** Epochs up to which every one has a marker. */
const MARKED = 30;

/** The figure. `nItems` is the catalogue's size, for what guessing would cost. */
export function lossFigure(
  { id, title }: { readonly id: string; readonly title: string },
  curves: readonly LossCurve[],
  nItems: number,
): Figure {
  const epochs = Math.max(...curves.map(({ losses }) => losses.length));
  const names = curves.map(({ name }) => name);
  return {
    chart: {
      id,
      title,
      description: `Lines over ${counted(epochs, "epoch")}. ${
        curves.map(({ name, losses }) =>
          `${name} from ${losses[0].toFixed(3)} to ${losses.at(-1)!.toFixed(3)}`
        ).join("; ")
      }.`,
      ...lines(
        curves.map(({ look, losses }) => ({ look, points: losses.map((y, x) => ({ x, y })) })),
        {
          xTitle: "epoch",
          ticks: Array.from({ length: epochs }, (_, e) => String(e + 1)),
          yFormat: (y) => String(Number(y.toFixed(2))),
          yFree: true,
          showMarkers: epochs <= MARKED,
        },
      ),
    },
    legend: lineLegend(Object.fromEntries(curves.map(({ name, look }) => [name, look])), names),
    remark: `Natural logarithm; guessing evenly among ${counted(nItems, "course")} ` +
      `costs ${Math.log(nItems).toFixed(2)}.`,
    numbers: {
      head: ["Epoch", ...names.map(breakable)],
      rows: Array.from(
        { length: epochs },
        (_, e) => [e + 1, ...curves.map(({ losses }) => losses[e]?.toFixed(4) ?? "–")],
      ),
    },
  };
}
