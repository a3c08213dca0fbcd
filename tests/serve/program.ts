/** The server as a program, with the permissions of its task. */
import { permissionsOf } from "../process/program.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** A server that listens. */
export interface Program {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  /** What it said on stdout and stderr so far. */
  said(): string;
  complained(): string;
  /** Waits until it said something. */
  until(part: string): Promise<void>;
  kill(signal: Deno.Signal): void;
  readonly end: Promise<{ code: number }>;
}

/** How it is started. */
export interface Start {
  /** Folders beside the project's that it may read. */
  readonly reads?: readonly string[];
  /** Flags of `deno run` before the script. */
  readonly flags?: readonly string[];
  /** Descriptors that it may have open. */
  readonly descriptors?: number;
}

/** Starts it on a free port of loopback, and waits until it listens. */
export async function startProgram(
  args: readonly string[],
  { reads = [], flags = [], descriptors }: Start = {},
): Promise<Program> {
  const line = [
    "run",
    ...permissionsOf("serve"),
    ...reads.map((path) => `--allow-read=${path}`),
    ...flags,
    "scripts/serve.ts",
    "--port",
    "0",
    "--device",
    "tfjs-cpu",
    ...args,
  ];
  const command = descriptors === undefined
    ? new Deno.Command(Deno.execPath(), { args: line, ...STREAMS })
    : new Deno.Command("sh", {
      args: ["-c", `ulimit -n ${descriptors}; exec "$0" "$@"`, Deno.execPath(), ...line],
      ...STREAMS,
    });
  const child = command.spawn();
  let said = "";
  let complained = "";
  let isOver = false;
  let wake = () => {};
  const read = async (
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    hear: (text: string) => void,
  ) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      hear(text);
      wake();
    }
  };
  const end = Promise.all([
    child.status,
    read(child.stdout, (text) => said += text),
    read(child.stderr, (text) => complained += text),
  ]).then(([{ code }]) => {
    isOver = true;
    wake();
    return { code };
  });
  const until = async (part: string) => {
    while (!`${said}${complained}`.includes(part)) {
      if (isOver) throw new Error(`it ended without ${part}:\n${said}${complained}`);
      await new Promise<void>((resolve) => wake = resolve);
    }
  };
  await until("Listening on");
  const address = /Listening on (http:\/\/\S+:(\d+))\//;
  while (!address.test(`${said}${complained}`)) {
    await new Promise<void>((resolve) => wake = resolve);
  }
  const [, url, port] = address.exec(`${said}${complained}`)!;
  return {
    pid: child.pid,
    port: Number(port),
    url,
    said: () => said,
    complained: () => complained,
    until,
    kill: (signal) => child.kill(signal),
    end,
  };
}

const STREAMS = { cwd: ROOT, stdin: "null", stdout: "piped", stderr: "piped" } as const;
