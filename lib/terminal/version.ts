/** The version of this program, from deno.json. */
import manifest from "../../deno.json" with { type: "json" };

/** Semantic version. */
export const VERSION: string = manifest.version;
