/** Runs the commands of a page in a copy of the project. */
import type { Commands } from "./blocks.ts";
import { say } from "../../lib/terminal/say.ts";

/** Where commands run, and what they printed. */
export interface Shell {
  readonly folder: string;
  readonly printed: Map<string, string>;
}

/** A copy of the project's tracked files, as they are now, in a folder of its own. */
export async function copyProject(): Promise<string> {
  const parent = await Deno.makeTempDir({ prefix: "docs_" });
  const folder = `${parent}/project`;
  const { stdout } = await new Deno.Command("git", { args: ["ls-files", "-z"] }).output();
  const files = new TextDecoder().decode(stdout).split("\0").filter((name) => name !== "");
  for (const name of files) {
    await Deno.mkdir(`${folder}/${name.slice(0, name.lastIndexOf("/") + 1)}`, { recursive: true });
    await Deno.copyFile(name, `${folder}/${name}`);
  }
  return folder;
}

/**
 * Runs a block's commands one after the other; a server that begins a block answers the rest of it.
 * Returns what failed, as sentences.
 */
export async function runBlock(shell: Shell, block: Commands): Promise<string[]> {
  const [first, ...rest] = block.commands;
  if (!first.includes("task serve")) return await runEach(shell, block, block.commands);
  const server = spawn(shell, first, "piped");
  try {
    const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
    for (let heard = ""; !heard.includes("Listening");) {
      const { done, value = "" } = await reader.read();
      if (done) return [`${block.page}:${block.line}: ${first} ended before it listened`];
      heard += value;
    }
    reader.cancel();
    return await runEach(shell, block, rest);
  } finally {
    server.kill("SIGTERM");
    await server.status;
  }
}

async function runEach(
  shell: Shell,
  { page, line }: Commands,
  commands: readonly string[],
): Promise<string[]> {
  const faults: string[] = [];
  for (const command of commands) {
    say(`${page}: ${command}`);
    const { code, stdout, stderr } = await spawn(shell, command, "piped").output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    shell.printed.set(command, text(stdout));
    if (code !== 0) {
      const said = `${text(stdout)}${text(stderr)}`.trim().split("\n").slice(-5).join("\n  ");
      faults.push(`${page}:${line}: ${command} ended with ${code}\n  ${said}`);
    }
  }
  return faults;
}

/** Starts a command; `deno` and `npx -y deno@…` are the Deno that runs this. */
function spawn({ folder }: Shell, command: string, output: "piped"): Deno.ChildProcess {
  const deno = Deno.execPath();
  const line = command.replace(/^npx -y deno@\S+/, "deno");
  const path = `${deno.slice(0, deno.lastIndexOf("/"))}:${Deno.env.get("PATH")}`;
  return new Deno.Command("bash", {
    args: ["-c", line],
    cwd: folder,
    env: { PATH: path, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: output,
    stderr: output,
  }).spawn();
}
