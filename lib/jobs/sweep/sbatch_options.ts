/** The options of sbatch that a user adds to a sweep's array job. Pure. */
import { InputError, show } from "../../errors/input_error.ts";

/** A word as sbatch splits its lines: with quotes and escapes in it. */
const WORD = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g;
/** `-a`, with its value attached or not, alone or behind short options that take no value. */
const SHORT_ARRAY = /^-[EhHOQuvVWXZ]*a/;
/** Long options of the sweep's own; any beginning of a name stands for it. */
const OWN = ["--array", "--wrap"];

/** The options on one line. @throws InputError for those which are the sweep's. */
export function sbatchOptions(value: string): string {
  const options = value.trim();
  const words = options.match(WORD)?.map((word) => word.replace(/["'\\]/g, "")) ?? [];
  const bad = /[\r\n]/.exec(options)?.[0] ?? words.find(isOwn);
  if (bad === undefined) return options;
  throw new InputError({
    doing: "reading --slurm",
    found: `its value has ${show(bad)}`,
    wanted: "options of sbatch on one line; the array is the sweep's",
  });
}

function isOwn(word: string): boolean {
  const [name] = word.split("=");
  return SHORT_ARRAY.test(word) ||
    OWN.some((option) => name.length > 2 && option.startsWith(name));
}
