/** `deno task compile`: all programs as one file in dist/. */
import { runCommand } from "../lib/cli/command.ts";
import type { Command } from "../lib/settings/command.ts";
import { choice, text } from "../lib/settings/settings.ts";
import { duration, VERSION } from "../lib/terminal/terminal.ts";
import { InputError } from "../lib/errors/input_error.ts";
import { moveFile } from "../lib/files/atomic.ts";
import { inScratch } from "../lib/files/scratch.ts";
import { denoPart, selfExtracting } from "./compile/self_extracting.ts";
import { CONFIG, ENTRY, stageProgram } from "./compile/stage.ts";
import { fromFileUrl } from "./compile/paths.ts";
import { unionOf } from "./compile/task.ts";
import { calledBy, ENTRY_SCRIPT, NO_PROGRAM_FLAGS, PROGRAM_FLAGS } from "./programs.ts";
import { JSON_OUT } from "../lib/jobs/settings.ts";
import { complain, say, sayJson } from "../lib/terminal/say.ts";

/** The file's name. */
const NAME = "coldstart";

const FLAGS = {
  kind: choice(
    ["auto", "compiled", "self-extracting"],
    "compiled: by deno compile, which downloads its base binary once or takes it from " +
      "DENORT_BIN; self-extracting: needs neither",
    "auto",
  ),
  out: text("folder", "where the file is written", "dist"),
  json: JSON_OUT,
};

const COMMAND: Command<typeof FLAGS> = {
  name: "compile",
  summary: `makes one file, ${NAME}, of all programs with all they need: ${NAME} baselines --help`,
  flags: FLAGS,
};

const root = fromFileUrl(new URL("..", import.meta.url)).replace(/\/$/, "");

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { kind, out, json } }) => {
    const begin = performance.now();
    const file = `${out}/${NAME}`;
    let compiled = kind !== "self-extracting";
    await inScratch(out, NAME, async ({ fresh }) => {
      const made = `${fresh}/${NAME}`;
      const program = `${fresh}/program`;
      await Deno.mkdir(program);
      await stageProgram(ENTRY_SCRIPT, root, program, calledBy(`${NAME} `));
      // a sweep starts the file again, under this name
      const flags = unionOf([...Object.values(PROGRAM_FLAGS), [`--allow-run=${NAME}`]]);
      const reason = compiled ? await compile(flags, program, made) : undefined;
      if (reason !== undefined) {
        if (kind === "compiled") {
          throw new InputError({
            doing: `compiling ${NAME}`,
            found: reason,
            next: "set DENORT_BIN, or use --kind auto",
          });
        }
        complain(
          `deno compile cannot be used here (${reason});\n` +
            "making a self-extracting file instead, of the same name and flags",
        );
        compiled = false;
      }
      if (!compiled) {
        const contents = await selfExtracting(
          { name: NAME, version: VERSION, programs: PROGRAM_FLAGS, none: NO_PROGRAM_FLAGS },
          program,
          await denoPart(),
        );
        await Deno.writeFile(made, contents.stream(), { mode: 0o755 });
      }
      await moveFile(made, file);
    });
    const { size } = await Deno.stat(file);
    const made = compiled ? "compiled" : "self-extracting";
    if (json) return sayJson({ file, bytes: size, kind: made }, 2);
    say(
      `${file}  ${(size / 1e6).toFixed(1)} MB  ${made}  ${duration(performance.now() - begin)}`,
    );
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
