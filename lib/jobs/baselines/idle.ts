/** Flags that would do nothing: refused where nothing could come of them, else told. */
import type { Baseline, SharedSetting } from "../../baselines/baseline.ts";
import { InputError } from "../../errors/input_error.ts";
import type { Parsed } from "../../settings/command.ts";
import { idleSettings } from "../../settings/conditions.ts";
import { settingName, type Settings } from "../../settings/settings.ts";
import { baselinesCommand, type BaselinesConfig, type BaselinesFlags } from "./config.ts";

/** What was given: the configuration's groups and the keys of all. */
type Given = Pick<Parsed<BaselinesFlags>, "groups" | "given">;

/** They ask for what a run without a network cannot do; sizes only describe what is not there. */
const DEMANDS: readonly SharedSetting[] = ["validate", "patience", "select"];

/**
 * What is to be told of flags without an effect, a sentence each: those of models that the run
 * does not fit, and those that no model of it, or not every network, goes by. So one line of
 * settings may serve runs of several `--models`.
 * @throws InputError for a flag that another one keeps from doing anything, and for validation of a
 * run that trains no network.
 */
export function idleFlags(
  baselines: readonly Baseline[],
  config: BaselinesConfig,
  { groups, given }: Given,
): string[] {
  const { flags } = baselinesCommand(baselines);
  const isGiven = (path: string, value: unknown, fallback: unknown) =>
    given.has(path) && value !== fallback;
  const fitted = baselines.filter(({ name }) => config.models.includes(name));
  const tables: { prefix: string; settings: Settings; values: Record<string, unknown> }[] = [
    { prefix: "", settings: flags, values: { ...config } },
    ...fitted.map(({ name, config: settings }) => ({
      prefix: `${name}.`,
      settings,
      values: { ...groups[name] },
    })),
  ];
  for (const { prefix, settings, values } of tables) {
    for (const { key, needs } of idleSettings(settings, values, prefix)) {
      if (given.has(prefix + key)) throw refused(`${prefix}${settingName(key)}`, needs);
    }
  }
  const others = baselines.filter(({ name }) => !config.models.includes(name));
  const ofOthers = others.flatMap(({ name, config: settings }) =>
    Object.entries(settings)
      .filter(([key, { fallback }]) => isGiven(`${name}.${key}`, groups[name][key], fallback))
      .map(([key]) =>
        `--${name}.${settingName(key)} has no effect: the run does not fit that model`
      )
  );
  const shared = [
    ...new Set(baselines.flatMap((one) => sharedOf(one))),
  ] as (keyof BaselinesFlags)[];
  const unread = shared.filter((key) => isGiven(key, config[key], flags[key].fallback))
    .flatMap((key) => unreadBy(key, fitted, config));
  return [...ofOthers, ...unread];
}

/** Settings of the run that a baseline goes by; with `own` only where its own do not stand in. */
function sharedOf(
  { config, reads = [] }: Baseline,
  own: Readonly<Record<string, unknown>> = {},
): string[] {
  const inherited = Object.entries(config).flatMap(([key, { inherits }]) =>
    inherits === undefined || own[key] !== undefined ? [] : [inherits]
  );
  return [...reads, ...inherited];
}

/** What is to be told of a setting that was given and that models do not go by. */
function unreadBy(
  key: keyof BaselinesFlags,
  fitted: readonly Baseline[],
  { own }: BaselinesConfig,
): string[] {
  const flag = settingName(key);
  const reading = fitted.filter((one) => sharedOf(one, own[one.name]).includes(key));
  if (reading.length === 0) {
    if ((DEMANDS as readonly string[]).includes(key)) {
      throw refused(flag, "a network among --models: others are not trained epoch by epoch");
    }
    return [`--${flag} has no effect: no model of the run goes by it`];
  }
  const networks = fitted.filter((one) => one.network !== undefined);
  const deaf = networks.filter((one) => !sharedOf(one).includes(key)).map(({ name }) => name);
  return deaf.length === 0 ? [] : [`--${flag} has no effect on ${deaf.join(", ")}`];
}

function refused(flag: string, needs: string): InputError {
  return new InputError({
    doing: `reading --${flag}`,
    found: "it has no effect",
    wanted: needs,
    next: `that beside it, or no --${flag}`,
  });
}
