/** The methods without training: the only list of them. */
import type { Base } from "./base.ts";
import { type OpenMethod, openUntrained } from "./method.ts";
import { SUPPORT_CACHE } from "./support_cache.ts";
import { SUPPORT_COUNTS } from "./support_counts.ts";
import { SUPPORT_PREFIX } from "./support_prefix.ts";
import { SUPPORT_RULES } from "./support_rules.ts";
import { UNSEEN } from "./unseen.ts";

/** All of them over a base model, which every prefix is asked once where it is remembered. */
export function untrainedMethods(base: Base): readonly OpenMethod[] {
  return [
    openUntrained(SUPPORT_PREFIX, base),
    openUntrained(UNSEEN, base),
    openUntrained(SUPPORT_COUNTS, base),
    openUntrained(SUPPORT_CACHE, base),
    openUntrained(SUPPORT_RULES, base),
  ];
}
