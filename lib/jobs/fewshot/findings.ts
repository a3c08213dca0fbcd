/** A sentence a method, which a reader can quote. */
import { counted } from "../../errors/counted.ts";
import { highestOf } from "../../evaluation/selection.ts";
import type { Selection } from "../../fewshot/choose.ts";
import { METRIC_TITLES } from "../../report/numbers.ts";
import type { Gain, Gains, Measured } from "./gains.ts";

const points = (x: number) => {
  const text = (100 * x).toFixed(1);
  return Number(text) === 0 ? "0.0" : text.replace("-", "−");
};
const range = ({ interval: { low, high } }: Gain) => `${points(low)} to ${points(high)}`;

const ONE_SEED = "A meta-trained method is one training from one seed: its interval does not " +
  "count what another seed would change.";

/**
 * The sentences: a method each, then what they rest on and, where that is known, what can
 * be gained at all.
 */
export function fewshotFindings(
  gains: Gains,
  ceilings: { readonly prefix: number; readonly withSupport: number } | undefined,
): string[] {
  const title = METRIC_TITLES[gains.metric];
  return [
    ...bestOnValidation(gains, title),
    ...gains.measured.map((measured) => sentence(measured, gains, title)),
    ...gains.measured.some(isMetaTrained) ? [ONE_SEED] : [],
    ...ceilings === undefined ? [] : [
      `Knowing the process, support would be worth ${
        points(ceilings.withSupport - ceilings.prefix)
      } points of ${title} (${ceilings.prefix.toFixed(4)} from the prefix, ` +
      `${ceilings.withSupport.toFixed(4)} with the support).`,
    ],
  ];
}

/** Which of several methods validation prefers: the one to take. */
function bestOnValidation({ measured }: Gains, title: string): string[] {
  if (measured.length < 2) return [];
  const values = measured.map(({ trial: { selection } }) =>
    Math.max(...selection.cells.map(({ value }) => value))
  );
  const at = highestOf(values);
  const { name, selection: { cells, chosen } } = measured[at].trial;
  const none = cells[0].value.toFixed(4);
  return [
    chosen === undefined
      ? `On validation no method beats the base model as it is (${title} ${none}).`
      : `On validation ${name} is the best of ${measured.length} methods: ${title} ${
        values[at].toFixed(4)
      }, the base model as it is ${none}.`,
  ];
}

/** Whether what is shown was meta-trained; where nothing was chosen, it is the base model. */
function isMetaTrained({ trial: { noInnerLoop, selection } }: Measured): boolean {
  return noInnerLoop !== undefined && selection.chosen !== undefined;
}

function sentence({ trial, gain, gainOverPlacebo }: Measured, gains: Gains, title: string): string {
  const { name, selection } = trial;
  if (selection.chosen === undefined) return nothingChosen(name, selection, title);
  if (gain.differing === 0) {
    return `${name} gains nothing: every test learner's ${title} is that of the base model.`;
  }
  const interval = `(95 % interval ${range(gain)})`;
  if (gains.tooFew !== undefined) {
    return `${name}: ${points(gain.difference)} points of ${title} ${interval}, ` +
      `${points(gainOverPlacebo.difference)} over another learner's support; ` +
      `${gains.tooFew} whether that is more than noise.`;
  }
  if (!gain.distinguishable) {
    return `${name} cannot be told from the base model: ${points(gain.difference)} points of ` +
      `${title} ${interval}${adjusted(gain, gains.adjustedFor)}.`;
  }
  if (gain.difference < 0) {
    return `${name} loses ${points(-gain.difference)} points of ${title} ${interval}.`;
  }
  return `${name} gains ${points(gain.difference)} points of ${title} ${interval}, ${
    overPlacebo(gain, gainOverPlacebo)
  }.`;
}

/** Why a gain whose own interval leaves out 0 is told from nothing. */
function adjusted({ interval: { low, high } }: Gain, comparisons: number): string {
  if (low <= 0 && high >= 0) return "";
  return `, which is within noise once ${counted(comparisons, "comparison")} are adjusted for`;
}

/** The method is the base model as it is: the first cell, which none of the others beats. */
function nothingChosen(name: string, { cells }: Selection, title: string): string {
  const [none, ...others] = cells.map(({ value }) => value);
  const best = Math.max(...others);
  const beats = others.length === 1
    ? "it does not beat"
    : `none of its ${counted(others.length, "cell")} beats`;
  const values = none > best ? ` (${title} ${none.toFixed(4)}, at best ${best.toFixed(4)})` : "";
  return `${name} gains nothing: on validation ${beats} the base model as it is${values}.`;
}

/** What is left of a gain with another learner's support. */
function overPlacebo(gain: Gain, over: Gain): string {
  const placebo = gain.difference - over.difference;
  if (!over.distinguishable) {
    return `which cannot be told from its ${points(placebo)} with another learner's support: the ` +
      "gain is not shown to be personal";
  }
  return placebo <= 0
    ? `and none with another learner's support (${points(placebo)})`
    : `of which ${points(placebo)} with another learner's support`;
}
