/**
 * The permissions of a program: those of its task in deno.json, so that a binary can never do more
 * than the task.
 */
import manifest from "../../deno.json" with { type: "json" };

/** How a task runs its script. */
export interface Task {
  /** Path of the script, relative to the project. */
  readonly script: string;
  /** The flags between `deno run` and the script. */
  readonly flags: readonly string[];
}

/** What the user of a task may add: folders, and further flags. */
const ADDED = /"--allow-(?:read|write)=\$\([^)]*\)" |\$BASELINES_ALLOW /g;

/**
 * The task `name`; what its user may add with BASELINES_READ, BASELINES_WRITE and BASELINES_ALLOW
 * is not part of it. @throws TypeError when it is not one `deno run` of one script.
 */
export function taskOf(name: string): Task {
  const tasks = manifest.tasks as Readonly<Record<string, { command: string }>>;
  const match = /^deno run (?:--quiet )?((?:--\S+ )*)(scripts\/\S+\.ts)$/.exec(
    tasks[name]?.command.replaceAll(ADDED, "") ?? "",
  );
  if (match === null) {
    throw new TypeError(
      `the task ${name} of deno.json is not of the form: deno run --flag … scripts/x.ts`,
    );
  }
  return { flags: match[1].split(" ").filter((flag) => flag !== ""), script: match[2] };
}
