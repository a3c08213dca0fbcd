/** Finds what an engine has for an architecture or a loss, by name, or says what it lacks. */
import { SettingsError, show } from "../errors/input_error.ts";

/**
 * The record named `name`. Every engine keeps its architectures and its heads in such a list, so
 * that one that it lacks is refused by name instead of being computed as another.
 * @throws SettingsError naming what the engine has.
 */
export function findByName<T extends { readonly name: string }>(
  records: readonly T[],
  name: string,
  { engine, what }: { readonly engine: string; readonly what: "architecture" | "loss" },
): T {
  const found = records.find((record) => record.name === name);
  if (found !== undefined) return found;
  throw new SettingsError({
    doing: `starting the ${engine} engine`,
    found: `the ${what} ${show(name)}, which it lacks`,
    wanted: `one of ${records.map((record) => record.name).join(", ")}`,
    next: "start anew with another --device, or add it as a record (docs/adding-a-baseline.md)",
  });
}
