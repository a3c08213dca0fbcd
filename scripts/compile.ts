/** `deno task compile`: the programs as single files in dist/. */
import { runCommand } from "../lib/cli/command.ts";
import type { Command } from "../lib/settings/command.ts";
import { choice, list, text } from "../lib/settings/settings.ts";
import { duration, VERSION } from "../lib/terminal/terminal.ts";
import { InputError } from "../lib/errors/input_error.ts";
import { moveFile } from "../lib/files/atomic.ts";
import { inScratch } from "../lib/files/scratch.ts";
import { denoPart, type Part, selfExtracting } from "./compile/self_extracting.ts";
import { CONFIG, ENTRY, stageProgram } from "./compile/stage.ts";
import { fromFileUrl } from "./compile/paths.ts";
import { taskOf } from "./compile/task.ts";
import { say } from "../lib/terminal/say.ts";

const PROGRAMS = ["baselines", "prepare", "recommend", "serve"] as const;
const CALLED = Object.fromEntries(PROGRAMS.map((name) => [name, name]));

const FLAGS = {
  programs: list("a,b,…", "the programs to make", PROGRAMS, PROGRAMS),
  kind: choice(
    ["auto", "compiled", "self-extracting"],
    "compiled: by deno compile, which downloads its base binary once or takes it from " +
      "DENORT_BIN; self-extracting: needs neither",
    "auto",
  ),
  out: text("folder", "where the files are written", "dist"),
};

const COMMAND: Command<typeof FLAGS> = {
  name: "compile",
  summary: "makes single-file programs with all they need",
  flags: FLAGS,
};

const root = fromFileUrl(new URL("..", import.meta.url)).replace(/\/$/, "");

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { programs, kind, out } }) => {
    let compiled = kind !== "self-extracting";
    let deno: Part | undefined;
    for (const name of programs) {
      const begin = performance.now();
      const file = `${out}/${name}`;
      await inScratch(out, name, async ({ fresh }) => {
        const made = `${fresh}/${name}`;
        const program = `${fresh}/program`;
        const task = taskOf(name);
        await Deno.mkdir(program);
        await stageProgram(task, root, program, CALLED);
        const reason = compiled ? await compile(task.flags, program, made) : undefined;
        if (reason !== undefined) {
          if (kind === "compiled") {
            throw new InputError({
              doing: `compiling ${name}`,
              found: reason,
              next: "set DENORT_BIN, or use --kind auto",
            });
          }
          say(
            `deno compile cannot be used here (${reason});\n` +
              "making self-extracting files instead, of the same names and flags",
          );
          compiled = false;
        }
        if (!compiled) {
          deno ??= await denoPart();
          const contents = await selfExtracting(
            { name, version: VERSION, flags: task.flags },
            program,
            deno,
          );
          await Deno.writeFile(made, contents.stream(), { mode: 0o755 });
        }
        await moveFile(made, file);
      });
      const { size } = await Deno.stat(file);
      say(
        `${file}  ${(size / 1e6).toFixed(1)} MB  ${compiled ? "compiled" : "self-extracting"}  ${
          duration(performance.now() - begin)
        }`,
      );
    }
  }),
);

/** Compiles the staged program. Returns why it cannot be done, if it cannot. */
async function compile(
  flags: readonly string[],
  staging: string,
  file: string,
): Promise<string | undefined> {
  const beside = [...Deno.readDirSync(staging)].map(({ name }) => name).filter((name) =>
    name !== ENTRY && name !== CONFIG
  );
  const native = beside.includes("node_modules"); // its libraries must lie on the disk to be loaded
  const args = [
    "compile",
    "--quiet",
    "--no-check",
    "--no-lock",
    "--config",
    `${staging}/${CONFIG}`,
    ...native ? ["--self-extracting"] : [],
    ...beside.flatMap((name) => ["--include", `${staging}/${name}`]),
    ...flags,
    "--output",
    file,
    `${staging}/${ENTRY}`,
  ];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  // deno-lint-ignore no-control-regex -- terminal colours are control characters
  const lines = new TextDecoder().decode(stderr).replace(/\x1b\[[0-9;]*m/g, "").split("\n").map((
    line,
  ) => line.trim());
  const causes = lines.filter((line) => /^(error|\d+):/.test(line)).map((line) =>
    line.replace(/^\w+: /, "")
  );
  return success
    ? undefined
    : causes.find((cause) => cause.includes("http") || cause.includes("denort")) ??
      causes.join(": ");
}
