/** What the page's form has a field for, and the words in which messages name it. */
import { BASELINES } from "../baselines/registry.ts";
import { baselinesCommand } from "../jobs/baselines/config.ts";
import { PREPARE_FLAGS } from "../jobs/prepare/config.ts";
import { COLUMN_NAMES } from "../prepare/options.ts";
import { type Setting, settingName } from "../settings/settings.ts";
import type { SettingChoice } from "./messages.ts";

/** The command of a run. */
export const COMMAND = baselinesCommand(BASELINES);

/** What may be set on the page beside the models. */
const SHOWN = [
  "k",
  "q",
  "epochs",
  "batchSize",
  "batching",
  "maxSeqLen",
  "learningRate",
  "validate",
  "patience",
  "select",
  "excludeSeen",
  "seed",
  "device",
  "threads",
] as const satisfies readonly (keyof typeof COMMAND.flags)[];
/** What may be set of a log. */
const COLUMNS = [
  "user",
  "item",
  "time",
  "session",
  "separator",
  "gapMinutes",
  "minItemCount",
  "splitBy",
  "onError",
] as const satisfies readonly (keyof typeof PREPARE_FLAGS)[];
/** And of one that is written in an unusual way. */
const UNUSUAL = [
  "header",
  "quote",
  "escape",
  "timeFormat",
  "timeUnit",
  "order",
  "missing",
  "maxBad",
  "minUserPairs",
] as const satisfies readonly (keyof typeof PREPARE_FLAGS)[];
/** Engines that the page carries. */
const ENGINES = ["auto", "webgpu", "wasm"];
/** Parts of the page that stand for a flag. */
const PARTS: Readonly<Record<string, string>> = {
  models: "Models",
  data: "Data",
  input: "Data",
  resume: "Go on",
};

/** The settings of a run; the engine `wasm` may have so many threads. */
export function runFields(threads: number): SettingChoice[] {
  return SHOWN.map((key) => {
    const choice = choiceOf(key, COMMAND.flags[key]);
    if (key === "device") return { ...choice, value: "auto", choices: ENGINES };
    if (key === "threads") return { ...choice, value: `${threads}`, range: `1 to ${threads}` };
    return choice;
  });
}

/** The settings of a log: what is usual, and the rest. */
export function logFields(): { readonly columns: SettingChoice[]; readonly more: SettingChoice[] } {
  const usual = (key: string) => Object.entries(COLUMN_NAMES).find(([role]) => role === key)?.[1];
  const fieldOf = (key: keyof typeof PREPARE_FLAGS) => {
    const choice = choiceOf(key, PREPARE_FLAGS[key]);
    // whether it is given counts: a log says it by itself
    return key === "header" ? { ...choice, value: "", choices: ["", ...choice.choices!] } : choice;
  };
  return {
    columns: COLUMNS.map((key) => ({ ...fieldOf(key), usual: usual(key) })),
    more: UNUSUAL.map(fieldOf),
  };
}

function choiceOf(
  key: string,
  { description, fallback, range, choices, isSwitch }: Setting<unknown>,
): SettingChoice {
  const flag = settingName(key);
  const value = String(fallback ?? "");
  const help = inWords(description);
  const all = isSwitch ? ["false", "true"] : choices;
  if (all === undefined) return { flag, help, value, range };
  return { flag, help, value, choices: value === "" ? ["", ...all] : all };
}

/** How the page calls a flag that it has a field or a part for. */
function nameOf(flag: string): string | undefined {
  const has = [...SHOWN, ...COLUMNS, ...UNUSUAL].some((key) => settingName(key) === flag);
  const name = has ? flag.replaceAll("-", " ") : PARTS[flag];
  return name === undefined ? undefined : `“${name}”`;
}

/**
 * A message of the suite in the page's words: a flag by the name of its field, and as the command's
 * where there is none. Whole command lines stay as they are.
 */
export function inWords(message: string): string {
  return message.split("\n").map((line) => {
    const [words, ...commands] = line.split(/(?=deno task )/);
    return [words.replaceAll(/(?<![\w-])--(no-)?([a-z][\w.-]*\w|[a-z])/g, wordsOf), ...commands]
      .join("");
  }).join("\n");
}

function wordsOf(whole: string, no: string | undefined, flag: string): string {
  const name = nameOf(flag);
  if (name !== undefined) return no === undefined ? name : `${name} no`;
  const has = (flags: object) => Object.keys(flags).some((key) => settingName(key) === flag);
  if (has(PREPARE_FLAGS)) return `deno task prepare … ${whole}`;
  return has(COMMAND.flags) ? `deno task baselines … ${whole}` : whole;
}
