/**
 * What a sweep tries of each model: the grid of the values that were named, or settings drawn from
 * them. Pure: the same search gives the same settings, and another model's changes none of them.
 */
import type { Baseline } from "../../baselines/baseline.ts";
import { InputError, show } from "../../errors/input_error.ts";
import { nearest } from "../../errors/nearest.ts";
import { isRecord } from "../../files/json.ts";
import { streamKey, uniform } from "../../random/threefry.ts";
import { type Setting, settingName } from "../../settings/settings.ts";

/** The values to try of one setting, as they were written. */
export interface Axis {
  /** A model's name, or `*` for every model that has the setting. */
  readonly model: string;
  /** The setting's key: `hiddenDim`. */
  readonly key: string;
  /** Values, or one range: `16..256`, `1e-4..1e-2:log`. */
  readonly values: readonly string[];
}

/** How the values are tried. */
export interface Search {
  readonly axes: readonly Axis[];
  /** Settings to draw for each model; 0: the whole grid. */
  readonly random: number;
  readonly seed: number;
  /** Whether the settings that are not searched are tried, too. */
  readonly defaults: boolean;
}

/** A model's own settings. */
export type OwnSettings = Readonly<Record<string, unknown>>;

/** Draws after which a search gives up finding one more setting that it does not have yet. */
const DRAWS_A_SETTING = 100;
/** Whole numbers that a range of a grid may hold. */
const MOST_IN_RANGE = 1000;
/** Settings to try of a model, and trials and runs of a sweep. */
export const MOST_PIECES = 100_000;

/** `--grid`: `model.setting=value,value`, several times. */
export function gridSetting(): Setting<readonly Axis[]> {
  return {
    placeholder: "model.setting=a,b,…",
    description: "values to try of a model's own setting, or a range: 16..64, 1e-4..1e-2:log; " +
      "*.setting is that of every model that has it; several times, for several settings",
    fallback: [],
    json: "texts",
    repeats: true,
    parse: parseGrid,
    fromJson: gridText,
    jsonForm: 'an object such as {"gru_global": {"hiddenDim": [64, 128]}}',
  };
}

/** The axes of a line: a comma before a setting's name begins the next one. */
function parseGrid(text: string, name: string): Axis[] {
  const axes: { model: string; key: string; values: string[] }[] = [];
  for (const part of text.split(",").map((part) => part.trim()).filter((part) => part !== "")) {
    const [, model, setting, value] = /^([\w*-]+)\.([\w-]+)=(.*)$/.exec(part) ?? [];
    if (model !== undefined) {
      const key = setting.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
      axes.push({ model, key, values: value === "" ? [] : [value] });
    } else if (axes.length > 0 && !part.includes("=")) axes[axes.length - 1].values.push(part);
    else refuse(name, part, "model.setting=value,value, such as gru_global.hidden-dim=64,128");
  }
  const empty = axes.find(({ values }) => values.length === 0);
  if (empty !== undefined) refuse(name, axisText(empty), "at least one value");
  return axes;
}

/** The line of a JSON file's `{"gru_global": {"hiddenDim": [64, 128]}}`. */
function gridText(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.length > 0 ? valuesText(value) : undefined;
  if (!isRecord(value)) return undefined;
  const axes: string[] = [];
  for (const [model, settings] of Object.entries(value)) {
    if (!isRecord(settings)) return undefined;
    for (const [key, values] of Object.entries(settings)) {
      const text = valuesText(Array.isArray(values) ? values : [values]);
      if (text === undefined) return undefined;
      axes.push(`${model}.${settingName(key)}=${text}`);
    }
  }
  return axes.join(",");
}

/** The values of a list; nothing where it holds more than texts, numbers and switches. */
function valuesText(values: readonly unknown[]): string | undefined {
  const isPlain = (value: unknown) => ["string", "number", "boolean"].includes(typeof value);
  return values.every(isPlain) ? values.join(",") : undefined;
}

/** An axis as a line says it. */
export function axisText({ model, key, values }: Axis): string {
  return `${model}.${settingName(key)}=${values.join(",")}`;
}

/** The axes that search something of a model. */
function axesOf({ name, config }: Baseline, axes: readonly Axis[]): Axis[] {
  return axes.filter(({ model, key }) =>
    model === name || (model === "*" && Object.hasOwn(config, key))
  );
}

/** @throws InputError for a grid of more settings than can be tried, before they are made. */
function checkSize(baseline: Baseline, axes: readonly Axis[]): void {
  const sizes = axes.map((axis) => {
    const range = rangeOf(axis);
    return range === undefined ? axis.values.length : range.high - range.low + 1;
  });
  const size = sizes.reduce((product, size) => product * size, 1);
  if (size <= MOST_PIECES) return;
  throw new InputError({
    doing: "reading --grid",
    found: `${size.toLocaleString("en")} settings of ${baseline.name}, ${sizes.join(" × ")}`,
    wanted: `at most ${MOST_PIECES.toLocaleString("en")}`,
    next: "name fewer values, or draw some of them with --random",
  });
}

/** What settings say of those that are searched: their values, as by default or not. */
export function searchedOf(
  baseline: Baseline,
  settings: OwnSettings,
  axes: readonly Axis[],
  shared: Readonly<Record<string, unknown>>,
): OwnSettings {
  return Object.fromEntries(
    axesOf(baseline, axes).map(({ key }) => {
      const { inherits } = baseline.config[key];
      return [key, settings[key] ?? (inherits === undefined ? null : shared[inherits])];
    }),
  );
}

/**
 * The settings of `baseline` to try, over `base`: those that are not searched. The same settings
 * are there once. @throws InputError for a value that the setting does not take.
 */
export function candidatesOf(
  baseline: Baseline,
  base: OwnSettings,
  search: Search,
): OwnSettings[] {
  const axes = axesOf(baseline, search.axes);
  if (axes.length === 0) return [base];
  if (search.random === 0) checkSize(baseline, axes);
  const found = search.random > 0
    ? drawn(baseline, axes, search)
    : product(axes.map((axis) => valuesOf(baseline, axis).map((value) => [axis.key, value])));
  const settings = found.map((values) => ({ ...base, ...values }));
  return distinct(search.defaults ? [base, ...settings] : settings);
}

/**
 * @throws InputError for an axis of an unknown model or setting, or of a model that the sweep does
 * not have: it would search nothing.
 */
export function checkAxes(axes: readonly Axis[], baselines: readonly Baseline[]): void {
  const names = baselines.map(({ name }) => name);
  axes.forEach((axis, place) => {
    const models = baselines.filter(({ name }) => axis.model === "*" || name === axis.model);
    if (models.length === 0) {
      const near = nearest(axis.model, names);
      refuse("grid", axisText(axis), `a model of the sweep: ${near ?? names.join(", ")}`);
    }
    const keys = models.flatMap(({ config }) => Object.keys(config));
    if (!keys.includes(axis.key)) {
      const near = nearest(axis.key, keys);
      const whose = axis.model === "*" ? "some model of the sweep" : axis.model;
      refuse(
        "grid",
        axisText(axis),
        near === undefined ? `a setting of ${whose}` : `perhaps ${axis.model}.${settingName(near)}`,
      );
    }
    const before = axes.slice(0, place).find(({ model, key }) =>
      key === axis.key && (model === axis.model || [model, axis.model].includes("*"))
    );
    if (before !== undefined) refuse("grid", axisText(axis), `only ${axisText(before)}`);
  });
}

type Entry = readonly [key: string, value: unknown];

function product(axes: readonly (readonly Entry[])[]): OwnSettings[] {
  const rows = axes.reduce<readonly (readonly Entry[])[]>(
    (all, axis) => all.flatMap((row) => axis.map((entry) => [...row, entry])),
    [[]],
  );
  return rows.map((row) => Object.fromEntries(row));
}

/** The values of an axis in a grid. */
function valuesOf({ config }: Baseline, axis: Axis): unknown[] {
  const setting = config[axis.key];
  const range = rangeOf(axis);
  if (range === undefined) return axis.values.map((text) => setting.parse(text, nameOf(axis)));
  const { low, high, log } = range;
  if (setting.isWhole !== true || log || high - low >= MOST_IN_RANGE) {
    refuse("grid", axisText(axis), "its values one by one, or --random to draw from a range");
  }
  return Array.from(
    { length: high - low + 1 },
    (_, i) => setting.parse(`${low + i}`, nameOf(axis)),
  );
}

/** Settings drawn one after the other until there are enough, or no more are found. */
function drawn(baseline: Baseline, axes: readonly Axis[], search: Search): OwnSettings[] {
  for (const axis of axes) checkValues(baseline, axis);
  const found = new Map<string, OwnSettings>();
  for (let i = 0; i < DRAWS_A_SETTING * search.random && found.size < search.random; i++) {
    const settings = Object.fromEntries(
      axes.map((axis) => [axis.key, draw(baseline, axis, search.seed, i)]),
    );
    found.set(JSON.stringify(settings), settings);
  }
  return [...found.values()];
}

/** @throws InputError for a value that the setting does not take, whether it is drawn or not. */
function checkValues({ config }: Baseline, axis: Axis): void {
  const { isWhole = false, parse } = config[axis.key];
  const range = rangeOf(axis);
  const texts = range === undefined
    ? axis.values
    : [0, 1].map((u) => inRange({ ...range, log: false }, isWhole, u * (1 - Number.EPSILON)));
  for (const text of texts) parse(text, nameOf(axis));
}

/** Draw `index` of an axis. */
function draw({ name, config }: Baseline, axis: Axis, seed: number, index: number): unknown {
  const stream = streamKey(`sweep ${name}.${axis.key}`);
  const u = uniform(seed, stream, index, new Uint32Array(2));
  const setting = config[axis.key];
  const range = rangeOf(axis);
  if (range === undefined) {
    return setting.parse(axis.values[Math.floor(u * axis.values.length)], nameOf(axis));
  }
  return setting.parse(inRange(range, setting.isWhole === true, u), nameOf(axis));
}

/** A number of a range as text: u in [0, 1) goes from its low end to its high end. */
function inRange({ low, high, log }: Range, whole: boolean, u: number): string {
  if (whole && !log) return `${low + Math.floor(u * (high - low + 1))}`;
  const x = log ? Math.exp(Math.log(low) + u * Math.log(high / low)) : low + u * (high - low);
  return `${whole ? Math.round(x) : Number(x.toPrecision(6))}`;
}

interface Range {
  readonly low: number;
  readonly high: number;
  /** Drawn evenly among logarithms. */
  readonly log: boolean;
}

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const RANGE = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})(:log)?$`, "i");

/** The range that an axis is; none where its values are named one by one. */
function rangeOf(axis: Axis): Range | undefined {
  const [, first, last, log] = RANGE.exec(axis.values[0]) ?? [];
  if (first === undefined) return undefined;
  const range = { low: Number(first), high: Number(last), log: log !== undefined };
  if (axis.values.length > 1 || range.low > range.high || (range.log && range.low <= 0)) {
    refuse(
      "grid",
      axisText(axis),
      "one range from its lower end to its upper one, positive for :log",
    );
  }
  return range;
}

function distinct(settings: readonly OwnSettings[]): OwnSettings[] {
  return [...new Map(settings.map((one) => [JSON.stringify(one), one])).values()];
}

function nameOf({ model, key }: Axis): string {
  return `grid ${model}.${settingName(key)}`;
}

function refuse(name: string, text: string, wanted: string): never {
  throw new InputError({ doing: `reading --${name}`, found: `its value is ${show(text)}`, wanted });
}
