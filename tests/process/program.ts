/**
 * The real program as a process: a copy of it in a folder of its own, started with the permissions
 * of its task in deno.json.
 */
import { taskOf } from "../../scripts/compile/task.ts";
import { tinyFolder } from "../dataset/tiny.ts";

const ROOT = new URL("../../", import.meta.url);

/**
 * The engine that processes are tested with: the CPU engine where it is built in, else the slow
 * one.
 */
export const ENGINE = await Deno.stat(new URL("lib/engine/wasm/engine.ts", ROOT)).then(
  () => ["--device", "wasm", "--threads", "2"],
  () => ["--device", "tfjs-cpu"],
);

/** A run of a few seconds on the tiny data. */
export const SMALL_RUN = [
  "--data",
  "data/tiny",
  "--k",
  "1",
  "--q",
  "2",
  "--batch-size",
  "16",
  ...ENGINE,
];

/** A copy of the program with a tiny data set in data/tiny. */
export interface Project {
  readonly folder: string;
  /** Starts `deno run` with these permissions on a script, scripts/baselines.ts by default. */
  start(args: readonly string[], options?: StartOptions): Process;
  /** Starts it and waits. */
  run(args: readonly string[], options?: StartOptions): Promise<End>;
}

/** How a process is started; what is left out is as the task has it. */
export interface StartOptions {
  /** The task whose script it is. */
  readonly task?: string;
  /** Further variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly permissions?: readonly string[];
  readonly flags?: readonly string[];
}

/** How a process ended. `code` is 128 + the signal's number where a signal ended it. */
export interface End {
  readonly code: number;
  readonly signal: string | null;
  readonly output: string;
}

/** A process and what it says. */
export interface Process {
  readonly child: Deno.ChildProcess;
  /** Waits until the output holds `part`; fails when the process ends without it. */
  until(part: string): Promise<void>;
  readonly end: Promise<End>;
}

/** Makes the copy and removes it after `use`. */
export async function withProject(use: (project: Project) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "project_" }));
  try {
    for (const name of ["deno.json", "deno.lock"]) {
      await Deno.copyFile(new URL(name, ROOT), `${folder}/${name}`);
    }
    for (const name of ["lib", "scripts"]) {
      await copyTree(new URL(name, ROOT).pathname, `${folder}/${name}`);
    }
    // what scripts/gpu compares an engine with PyTorch by
    await Deno.mkdir(`${folder}/tests/engine`, { recursive: true });
    for (const name of ["tests/close.ts", "tests/engine/reference.ts"]) {
      await Deno.copyFile(new URL(name, ROOT), `${folder}/${name}`);
    }
    await writeFiles(`${folder}/data/tiny`, tinyFolder());
    await use(projectIn(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The permission flags of a task, as deno.json has them; what its user may add is left out. */
export function permissionsOf(task: string): string[] {
  return [...taskOf(task).flags];
}

function projectIn(folder: string): Project {
  const start: Project["start"] = (
    args,
    { task = "baselines", permissions = permissionsOf(task), flags = [], env = {} } = {},
  ) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", ...permissions, ...flags, `scripts/${task}.ts`, ...args],
      cwd: folder,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return listen(child);
  };
  return { folder, start, run: async (args, options) => await start(args, options).end };
}

function listen(child: Deno.ChildProcess): Process {
  let output = "";
  let ended = false;
  let wake = () => {};
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      wake();
    }
  };
  const end = Promise.all([child.status, read(child.stdout), read(child.stderr)]).then(
    ([{ code, signal }]) => {
      ended = true;
      wake();
      return { code, signal, output };
    },
  );
  const until = async (part: string) => {
    while (!output.includes(part)) {
      if (ended) {
        throw new Error(`the process ended without saying ${JSON.stringify(part)}:\n${output}`);
      }
      await new Promise<void>((resolve) => wake = resolve);
    }
  };
  return { child, until, end };
}

/** Writes files by relative path below a folder. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    await Deno.mkdir(`${folder}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
    await Deno.writeFile(`${folder}/${path}`, bytes);
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
