/** The methods without training: the only list of them. */
import type { Base } from "./base.ts";
import { type OpenMethod, openUntrained } from "./method.ts";
import { SUPPORT_CACHE } from "./support_cache.ts";
import { SUPPORT_COUNTS } from "./support_counts.ts";
import { SUPPORT_PREFIX } from "./support_prefix.ts";
import { SUPPORT_RULES } from "./support_rules.ts";
import { UNSEEN } from "./unseen.ts";

const OPEN: Readonly<Record<string, (base: Base) => OpenMethod>> = {
  [SUPPORT_PREFIX.name]: (base) => openUntrained(SUPPORT_PREFIX, base),
  [UNSEEN.name]: (base) => openUntrained(UNSEEN, base),
  [SUPPORT_COUNTS.name]: (base) => openUntrained(SUPPORT_COUNTS, base),
  [SUPPORT_CACHE.name]: (base) => openUntrained(SUPPORT_CACHE, base),
  [SUPPORT_RULES.name]: (base) => openUntrained(SUPPORT_RULES, base),
};

/** Their names. */
export const UNTRAINED_NAMES: readonly string[] = Object.keys(OPEN);

/** All of them over a base model. */
export function untrainedMethods(base: Base): readonly OpenMethod[] {
  return Object.values(OPEN).map((open) => open(base));
}
