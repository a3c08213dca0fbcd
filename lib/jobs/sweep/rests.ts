/** Which settings a sweep's runs were made with, beside those that are chosen. */
import { InputError } from "../../errors/input_error.ts";
import { isRecord, jsonText } from "../../files/json.ts";
import { hasProgress, type Progress, readProgress } from "../../runs/progress.ts";
import type { ChoiceDocument, ChosenRunRecord } from "../../runs/sweep_documents.ts";
import type { SweepHome } from "../../runs/sweep_folder.ts";
import type { Planned } from "./plan.ts";
import type { OwnSettings } from "./search.ts";
import { settingsText } from "./sweep_config.ts";

/** Models by their names, with their settings that are not as by default. */
export type ModelSettings = Readonly<Record<string, OwnSettings>>;

/** A run's models as they are chosen; a model without any settings left is not among them. */
export function wantedOf(
  { chosen }: ChoiceDocument,
  { models, data }: Pick<ChosenRunRecord, "models" | "data">,
): ModelSettings {
  const found = chosen.filter((one) => one.data === data && models.includes(one.model));
  return Object.fromEntries(found.map(({ model, settings }) => [model, settings as OwnSettings]));
}

/** A run's models as it was begun with them. */
export function madeOf({ settings }: Pick<Progress, "settings">): ModelSettings {
  const names = Array.isArray(settings.models) ? settings.models.map(String) : [];
  return Object.fromEntries(names.map((name) => {
    const own = settings[name];
    return [name, (isRecord(own) ? own : {}) as OwnSettings];
  }));
}

/** What differs between a run and the choice, a text a model. */
export function differencesOf(made: ModelSettings, wanted: ModelSettings): string[] {
  const names = [...new Set([...Object.keys(made), ...Object.keys(wanted)])].sort();
  const own = (models: ModelSettings, name: string) => Object.hasOwn(models, name);
  return names.flatMap((name) => {
    if (own(made, name) && own(wanted, name) && isSame(made[name], wanted[name])) return [];
    const was = own(made, name) ? settingsText(made[name]) : "not there";
    const is = own(wanted, name) ? settingsText(wanted[name]) : "not there";
    return [`${name}: ${was} in the run, ${is} in the choice`];
  });
}

function isSame(a: OwnSettings, b: OwnSettings): boolean {
  const text = (settings: OwnSettings) =>
    jsonText(Object.entries(settings).sort(([one], [other]) => one < other ? -1 : 1));
  return text(a) === text(b);
}

/** The progress of a run of the sweep; nothing where it has not begun, or cannot be read. */
export async function progressOf({ folder }: SweepHome, tag: string) {
  if (!await hasProgress(folder, tag)) return undefined;
  try {
    return await readProgress(folder, tag);
  } catch (error) {
    if (error instanceof InputError) return undefined; // the run itself is damaged, and told
    throw error;
  }
}

/** A test of whether a finished run holds a model on a data set: then its settings are final. */
export async function finalModels(
  { home, sweep }: Planned,
): Promise<(trial: { readonly model: string; readonly data: string }) => boolean> {
  const final = new Set<string>();
  for (const { tag, data } of sweep.runs) {
    const progress = await progressOf(home, tag);
    if (progress?.status !== "finished") continue;
    for (const model of Object.keys(madeOf(progress))) final.add(jsonText([data, model]));
  }
  return ({ data, model }) => final.has(jsonText([data, model]));
}
