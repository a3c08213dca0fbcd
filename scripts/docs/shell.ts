/** Runs the commands of a page in a copy of the project. */
import type { Commands } from "./blocks.ts";
import { writeGiven } from "./given.ts";
import { complain, say } from "../../lib/terminal/say.ts";

/** Where commands run, and what they printed. */
export interface Shell {
  readonly folder: string;
  /** What stands for a page's `/my/data`: a folder outside the project. */
  readonly elsewhere: string;
  readonly printed: Map<string, string>;
  /** What stands for a page's port 8000: a free one. */
  readonly port: number;
  /**
   * What is put before a command so that it has two cores, whose number decides a run's last bits;
   * none where that cannot be.
   */
  readonly cores?: readonly string[];
}

/** A shell in a copy of the project, with the files that a reader is said to have. */
export async function openShell(folder: string): Promise<Shell> {
  const elsewhere = `${folder}/../my_data`;
  await Deno.mkdir(elsewhere);
  for (const place of [folder, elsewhere]) await writeGiven(place);
  const cores = await twoCores();
  const port = freePort();
  return { folder, elsewhere: await Deno.realPath(elsewhere), printed: new Map(), port, cores };
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

async function twoCores(): Promise<readonly string[] | undefined> {
  try {
    const { stdout } = await new Deno.Command("taskset", { args: ["-cp", `${Deno.pid}`] }).output();
    const said = new TextDecoder().decode(stdout);
    const cores = said.slice(said.lastIndexOf(":") + 1).trim().split(",").flatMap((range) => {
      const [first, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
    return cores.length < 2 ? undefined : ["taskset", "-c", cores.slice(0, 2).join(",")];
  } catch { // no taskset: fine where there are no more
    return navigator.hardwareConcurrency === 2 ? [] : undefined;
  }
}

/** What a user's checkout begins with. */
const PROJECT = ["deno.json", "deno.lock", "mod.ts", "lib", "scripts", "tests/fixtures", "docs"];

/** A copy of the project's files, as they are now, in a folder of its own. */
export async function copyProject(): Promise<string> {
  const parent = await Deno.makeTempDir({ prefix: "docs_" });
  const folder = `${parent}/project`;
  for (const name of PROJECT.flatMap(filesIn)) {
    await Deno.mkdir(`${folder}/${name.slice(0, name.lastIndexOf("/") + 1)}`, { recursive: true });
    await Deno.copyFile(name, `${folder}/${name}`);
  }
  return folder;
}

/** The path, or every file below it. */
function filesIn(path: string): string[] {
  if (Deno.statSync(path).isFile) return [path];
  return [...Deno.readDirSync(path)].flatMap(({ name }) => filesIn(`${path}/${name}`));
}

/**
 * Runs a block's commands one after the other; a server that begins a block answers the rest of it.
 * Folders that it prepares are its own: a run takes data/processed/xuetangx where that is there.
 * Returns what failed, as sentences.
 */
export async function runBlock(shell: Shell, block: Commands): Promise<string[]> {
  try {
    return await runCommands(shell, block);
  } finally {
    await Deno.remove(`${shell.folder}/data/processed`, { recursive: true }).catch(() => {});
  }
}

async function runCommands(shell: Shell, block: Commands): Promise<string[]> {
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
    if (command.startsWith("curl ") && !await hasCurl()) {
      complain(`${page}:${line}: skipped, there is no curl: ${command}`);
      continue;
    }
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

async function hasCurl(): Promise<boolean> {
  const version = new Deno.Command("curl", { args: ["--version"], stdout: "null" });
  return await version.output().then(({ success }) => success, () => false);
}

/** Starts a command; `deno` and `npx -y deno@…` are the Deno that runs this. */
function spawn(
  { folder, elsewhere, port, cores = [] }: Shell,
  command: string,
  output: "piped",
): Deno.ChildProcess {
  const deno = Deno.execPath();
  const line = command
    .replace(/^npx -y deno@\S+/, "deno")
    .replace(/\btask serve\b/, `task serve --port ${port}`)
    .replaceAll("localhost:8000", `localhost:${port}`)
    .replaceAll("/my/data", elsewhere);
  const [program, ...args] = [...cores, "bash", "-c", line];
  const path = `${deno.slice(0, deno.lastIndexOf("/"))}:${Deno.env.get("PATH")}`;
  return new Deno.Command(program, {
    args,
    cwd: folder,
    env: { PATH: path, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: output,
    stderr: output,
  }).spawn();
}
