/**
 * What engines chose by time, in a file: a project's, for later runs, and a run's own, so that it
 * goes on as it began.
 */
import { messageOf } from "../errors/input_error.ts";
import { within } from "../files/confine.ts";
import { host } from "../files/host.ts";
import { decodeJson } from "../files/json.ts";
import { object, type Of, record, text } from "../files/shape.ts";
import { TUNED } from "./document_parts.ts";

/** The project's file, relative to its folder. */
export const TUNING_CACHE = "reports/gpu/tuning.json";

/** The file's name in a run's folder. */
export const RUN_TUNING = "tuning.json";

const TUNING = object({ version: text, choices: record(TUNED) });

/** Choices of one version of the suite, by their keys. */
export type TuningDocument = Of<typeof TUNING>;

/**
 * Parses a file; choices of another version are none. @throws TypeError or SyntaxError where it is
 * damaged.
 */
export function parseTuning(bytes: Uint8Array, version: string): TuningDocument {
  const found = TUNING(decodeJson(bytes), "it");
  return found.version === version ? found : { version, choices: {} };
}

/** Reads a file below `root`; one that is absent has no choices, nor has a damaged one. */
export async function readTuning(
  root: string,
  path: string,
  { version, complain }: {
    readonly version: string;
    readonly complain: (text: string) => void;
  },
): Promise<TuningDocument> {
  try {
    return parseTuning(await host.readFile(await within(root, path)), version);
  } catch (error) {
    if (!(error instanceof host.errors.NotFound)) {
      complain(`${root}/${path} is damaged (${messageOf(error)}): variants are timed anew`);
    }
    return { version, choices: {} };
  }
}
