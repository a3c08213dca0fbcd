/**
 * How long a recommendation takes over HTTP where the learner's earlier sessions come with it, by
 * each few-shot method that answers requests. Questions come at random moments.
 */
import { HISTORY_METHODS } from "../../lib/jobs/recommend/history.ts";
import type { BenchTable } from "./bench.ts";
import {
  askAtRandom,
  LATENCY_COLUMNS,
  latencyCells,
  namesOf,
  runScript,
  startServer,
} from "./serve.ts";

const RATE = 100;

/** Latency of `POST /recommend` with a history of 2 to 10 sessions, by method. */
export async function benchHistory(seconds: number): Promise<BenchTable> {
  const folder = await Deno.makeTempDir({ prefix: "bench_history_" });
  const names = await makeRun(folder);
  const server = await startServer(folder);
  const rows: string[][] = [];
  try {
    for (const method of HISTORY_METHODS) {
      const bodies = questionsOf(names, method);
      await askAtRandom(server.url, bodies, { rate: RATE, seconds: 3 }); // warm up
      const found = await askAtRandom(server.url, bodies, { rate: RATE, seconds });
      rows.push([method, ...latencyCells(found, seconds)]);
    }
  } finally {
    server.program.kill("SIGTERM");
    await server.program.status;
    await Deno.remove(folder, { recursive: true });
  }
  return {
    title:
      `POST /recommend with a history, gru_global, ${names.length} courses, ${RATE} requests/s ` +
      `at random moments for ${seconds} s`,
    columns: ["method", ...LATENCY_COLUMNS],
    rows,
  };
}

/**
 * A GRU of one epoch on learners with habits, for whom validation chooses every method. Returns the
 * courses.
 */
async function makeRun(folder: string): Promise<string[]> {
  const data = ["--data", "data/synthetic/habits"];
  const methods = HISTORY_METHODS.join(",");
  await runScript(
    "synthesize",
    ["--preset", "habits", "--users", "3000", "--out", data[1]],
    folder,
  );
  await runScript("baselines", [...data, "--models", "gru_global", "--epochs", "1"], folder);
  const names = await namesOf(folder);
  await runScript("fewshot", ["--methods", methods], folder);
  return names;
}

/** Bodies of 64 learners: sessions of 2 to 12 courses before, and 1 to 6 in this one. */
function questionsOf(names: readonly string[], method: string): string[] {
  const session = (learner: number, which: number, length: number) =>
    Array.from(
      { length },
      (_, t) => names[(37 * learner + 59 * which + 101 * t) % names.length],
    );
  return Array.from({ length: 64 }, (_, learner) => {
    const history = Array.from(
      { length: 2 + learner % 9 },
      (_, which) => session(learner, which + 1, 2 + (3 * learner + 5 * which) % 11),
    );
    return JSON.stringify({
      courses: session(learner, 0, 1 + learner % 6),
      history,
      method,
      top: 10,
    });
  });
}
