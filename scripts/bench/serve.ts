/**
 * How long a recommendation takes over HTTP at a constant rate. The load comes from autocannon:
 * every connection sends on its own clock, so that a slow answer does not slow the questions down
 * as long as it takes less than a connection's interval.
 */
// @ts-types="./autocannon.d.ts"
import autocannon from "autocannon";
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
    await load(server.url, bodies, 200, 3, connections); // warm up
    for (const rate of rates) {
      const { latencies, errors, corrected } = await load(
        server.url,
        bodies,
        rate,
        seconds,
        connections,
      );
      const at = (share: number) =>
        latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))].toFixed(2);
      const sent = (latencies.length / seconds).toFixed(0);
      rows.push([
        String(rate),
        sent,
        String(errors),
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        at(1),
        corrected.toFixed(0),
      ]);
    }
  } finally {
    server.program.kill("SIGTERM");
    await server.program.status;
    if (out === undefined) await Deno.remove(folder, { recursive: true });
  }
  return {
    title: `POST /recommend, one session of 1 to 50 courses, gru_global on ${gru.device}, ` +
      `${gru.n_courses} courses, ${connections} connections, ${seconds} s a row`,
    columns: [
      "requests/s asked",
      "answered",
      "errors",
      "p50 ms",
      "p90 ms",
      "p99 ms",
      "p99.9 ms",
      "max ms",
      "p99 ms, corrected for one connection",
    ],
    rows,
  };
}

async function makeRun(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "bench_serve_" });
  const args = [
    "run",
    "-A",
    `${ROOT}scripts/baselines.ts`,
    "--models",
    "gru_global",
    "--epochs",
    "1",
  ];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: folder })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return folder;
}

async function startServer(out: string): Promise<{ url: string; program: Deno.ChildProcess }> {
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

async function namesOf(out: string): Promise<string[]> {
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

/** Sorted latencies in milliseconds, requests without a good answer, and autocannon's own p99. */
async function load(
  url: string,
  bodies: readonly string[],
  rate: number,
  seconds: number,
  connections: number,
) {
  const latencies: number[] = [];
  const instance = autocannon({
    url: `${url}/recommend`,
    method: "POST",
    headers: { "content-type": "application/json" },
    requests: bodies.map((body) => ({ body })),
    connections,
    overallRate: rate,
    duration: seconds,
  });
  instance.on("response", (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds));
  const { non2xx, errors, timeouts, latency } = await instance;
  return {
    latencies: latencies.sort((a, b) => a - b),
    errors: non2xx + errors + timeouts,
    corrected: latency.p99,
  };
}
