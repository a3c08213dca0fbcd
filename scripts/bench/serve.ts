/**
 * How long a recommendation takes over HTTP. Questions come at random moments of a rate, as from
 * many people, whatever the answers before take; or from autocannon, which asks all questions of a
 * second one after the other at its beginning, by as many connections as are given.
 */
// @ts-types="./autocannon.d.ts"
import autocannon from "autocannon";
import { uniform } from "../../lib/random/threefry.ts";
import type { BenchTable } from "./bench.ts";

/** What is measured. */
export interface ServeBench {
  /**
   * Project folder with a finished run that has a GRU; undefined: one is made from the embedded
   * data set, with one epoch.
   */
  readonly out?: string;
  /** Requests a second, one row each. */
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly connections: number;
}

const DEFAULTS: ServeBench = { rates: [200, 400, 800], seconds: 20, connections: 16 };
const ROOT = new URL("../../", import.meta.url).pathname;

/** Latency of `POST /recommend`, one session a request, sessions of 1 to 50 courses, by rate. */
export async function benchServe(options: Partial<ServeBench> = {}): Promise<BenchTable> {
  const { out, rates, seconds, connections } = { ...DEFAULTS, ...options };
  const folder = out ?? await makeRun();
  const server = await startServer(folder);
  const { models } = await (await fetch(`${server.url}/models`)).json();
  const gru = models.find(({ name }: { name: string }) => name === "gru_global");
  const bodies = sessionsOf(await namesOf(folder));
  const rows: string[][] = [];
  try {
    await askAtOnce(server.url, bodies, { rate: 200, seconds: 3, connections }); // warm up
    for (const rate of rates) {
      const loads: [string, Latencies][] = [
        ["at random moments", await askAtRandom(server.url, bodies, { rate, seconds })],
        [
          `at each second's beginning, ${connections} connections`,
          await askAtOnce(server.url, bodies, { rate, seconds, connections }),
        ],
      ];
      for (const [when, found] of loads) {
        rows.push([String(rate), when, ...latencyCells(found, seconds)]);
      }
    }
  } finally {
    server.program.kill("SIGTERM");
    await server.program.status;
    if (out === undefined) await Deno.remove(folder, { recursive: true });
  }
  return {
    title: `POST /recommend, one session of 1 to 50 courses, gru_global on ${gru.device}, ` +
      `${gru.n_courses} courses, ${seconds} s a row`,
    columns: ["requests/s asked", "when", ...LATENCY_COLUMNS],
    rows,
  };
}

async function makeRun(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "bench_serve_" });
  await runScript("baselines", ["--models", "gru_global", "--epochs", "1"], folder);
  return folder;
}

/** Runs a script of the project in a folder. @throws Error with what it complained. */
export async function runScript(name: string, line: readonly string[], cwd: string): Promise<void> {
  const args = ["run", "-A", `${ROOT}scripts/${name}.ts`, ...line];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** What is said of latencies. */
export const LATENCY_COLUMNS = [
  "answered",
  "errors",
  "p50 ms",
  "p90 ms",
  "p99 ms",
  "p99.9 ms",
  "max ms",
];

/** The cells of those columns. */
export function latencyCells({ latencies, errors }: Latencies, seconds: number): string[] {
  const at = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))].toFixed(2);
  const answered = (latencies.length / seconds).toFixed(0);
  return [answered, String(errors), ...[0.5, 0.9, 0.99, 0.999, 1].map(at)];
}

/** Starts a server on the newest run of a project folder. */
export async function startServer(
  out: string,
): Promise<{ url: string; program: Deno.ChildProcess }> {
  const args = [
    "run",
    "-A",
    `${ROOT}scripts/serve.ts`,
    "--port",
    "0",
    "--models",
    "gru_global",
    "--out",
    out,
  ];
  const program = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
  let said = "";
  for await (
    const text of program.stdout.pipeThrough(new TextDecoderStream()).values({
      preventCancel: true,
    })
  ) {
    const url = /Listening on (http:\S+?)\/ /.exec(said += text)?.[1];
    if (url !== undefined) return { url, program };
  }
  throw new Error(`the server did not start: ${said}`);
}

/** The courses of the newest run's catalogue. */
export async function namesOf(out: string): Promise<string[]> {
  const { runs } = JSON.parse(await Deno.readTextFile(`${out}/meta.json`));
  return JSON.parse(
    await Deno.readTextFile(`${out}/${runs.at(-1).out_dir}/models/vocabulary.json`),
  );
}

/** Bodies of 64 sessions; lengths as in MOOC logs: most are short, some fill the model's window. */
function sessionsOf(names: readonly string[]): string[] {
  const lengths = [1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10, 13, 18, 25, 35, 50];
  return Array.from({ length: 64 }, (_, i) => {
    const courses = Array.from(
      { length: lengths[i % lengths.length] },
      (_, t) => names[(37 * i + 101 * t) % names.length],
    );
    return JSON.stringify({ courses, top: 10 });
  });
}

/** Sorted, in milliseconds, and the requests without a good answer. */
export interface Latencies {
  readonly latencies: readonly number[];
  readonly errors: number;
}

const POST = { method: "POST", headers: { "content-type": "application/json" } };

/** Latencies from the moment at which a question was due, so that whoever waits is counted. */
export async function askAtRandom(
  url: string,
  bodies: readonly string[],
  { rate, seconds }: { rate: number; seconds: number },
): Promise<Latencies> {
  const latencies: number[] = [];
  const scratch = new Uint32Array(4);
  const asked: Promise<void>[] = [];
  let errors = 0;
  const ask = async (due: number, body: string) => {
    const answer = await fetch(`${url}/recommend`, { ...POST, body });
    await answer.arrayBuffer();
    if (!answer.ok) errors++;
    latencies.push(performance.now() - due);
  };
  const end = performance.now() + 1000 * seconds;
  for (let due = performance.now(), i = 0; due < end; i++) {
    due -= 1000 * Math.log(1 - uniform(1, 0, i, scratch)) / rate;
    const early = due - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    asked.push(ask(due, bodies[i % bodies.length]));
  }
  await Promise.all(asked);
  return { latencies: latencies.sort((a, b) => a - b), errors };
}

async function askAtOnce(
  url: string,
  bodies: readonly string[],
  { rate, seconds, connections }: { rate: number; seconds: number; connections: number },
): Promise<Latencies> {
  const latencies: number[] = [];
  const instance = autocannon({
    url: `${url}/recommend`,
    ...POST,
    requests: bodies.map((body) => ({ body })),
    connections,
    overallRate: rate,
    duration: seconds,
  });
  instance.on("response", (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds));
  const { non2xx, errors, timeouts } = await instance;
  return { latencies: latencies.sort((a, b) => a - b), errors: non2xx + errors + timeouts };
}
