/** Every program in one: `coldstart serve --port 80` is `deno task serve --port 80`. */
import { InputError, show } from "../lib/errors/input_error.ts";
import { nearest } from "../lib/errors/nearest.ts";
import { complain, say } from "../lib/terminal/say.ts";
import { VERSION } from "../lib/terminal/terminal.ts";
import manifest from "../deno.json" with { type: "json" };
import { surplus, unionOf } from "./compile/task.ts";
import { PROGRAM_FLAGS, PROGRAMS } from "./programs.ts";

const [name = "--help", ...rest] = Deno.args;
if (Object.hasOwn(PROGRAMS, name)) {
  if (Deno.build.standalone) await giveBack(name);
  // the programs read their line as if they were alone
  Object.defineProperty(Deno, "args", { value: rest });
  await PROGRAMS[name]();
} else if (["-h", "--help"].includes(name)) say(overview());
else if (["-V", "--version"].includes(name)) {
  say(`coldstart ${VERSION} (deno ${Deno.version.deno})`);
} else {
  complain(unknownProgram(name).message);
  Deno.exit(2);
}

/** A compiled file may do what any program may: this one goes on with what its own task names. */
async function giveBack(name: string): Promise<void> {
  const all = unionOf(Object.values(PROGRAM_FLAGS));
  for (const permission of surplus(all, PROGRAM_FLAGS[name])) {
    await Deno.permissions.revoke(permission);
  }
}

function overview(): string {
  const { tasks } = manifest as { tasks: Record<string, { description: string }> };
  const lines = Object.keys(PROGRAMS).map((name) =>
    `  ${name.padEnd(12)}${tasks[name].description}`
  );
  return [
    "coldstart: baselines of next-course recommendation to cold-start learners",
    "Usage: coldstart <program> [flags]",
    `Programs:\n${lines.join("\n")}`,
    "coldstart <program> --help lists a program's flags.\n",
  ].join("\n\n");
}

function unknownProgram(name: string): InputError {
  const near = nearest(name, Object.keys(PROGRAMS));
  return new InputError({
    doing: "reading the arguments of coldstart",
    found: `no program ${show(name)}`,
    wanted: near === undefined ? `one of ${Object.keys(PROGRAMS).join(", ")}` : `perhaps ${near}`,
    next: "coldstart --help lists the programs",
  });
}
