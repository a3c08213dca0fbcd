/** Settings that do nothing unless others of their table are as they need them. */
import { type Condition, type Setting, settingName, type Settings } from "./settings.ts";

/** The setting, which does nothing unless one of the conditions holds. */
export function onlyWith<T>(setting: Setting<T>, ...conditions: readonly Condition[]): Setting<T> {
  return { ...setting, onlyWith: conditions };
}

/** A setting that does nothing, and what would let it. */
export interface Idle {
  readonly key: string;
  /** "--gru_global.loss gbce". */
  readonly needs: string;
}

/**
 * The settings of a table that are not as by default and do nothing. `prefix` stands before their
 * flags' names: "gru_global." for a model's own.
 */
export function idleSettings(
  settings: Settings,
  values: Readonly<Record<string, unknown>>,
  prefix = "",
): Idle[] {
  return Object.entries(settings).flatMap(([key, { onlyWith = [], fallback }]) => {
    const isIdle = values[key] !== fallback && onlyWith.length > 0 &&
      !onlyWith.some((condition) => holds(condition, values[condition.key]));
    const needs = onlyWith.map((condition) => flagOf(condition, prefix)).join(", or ");
    return isIdle ? [{ key, needs }] : [];
  });
}

function holds({ values, above = -Infinity }: Condition, value: unknown): boolean {
  return values === undefined ? typeof value === "number" && value > above : values.includes(value);
}

function flagOf({ key, values = [], above }: Condition, prefix: string): string {
  const name = `${prefix}${settingName(key)}`;
  if (above !== undefined) return `--${name} above ${above}`;
  if (typeof values[0] === "boolean") return values[0] ? `--${name}` : `--no-${name}`;
  return `--${name} ${values.join(" or ")}`;
}
