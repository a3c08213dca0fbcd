/**
 * Bench of `prepare`: time and peak memory over synthetic logs of growing size, each in a process
 * of its own.
 */
import { DuckDBInstance } from "@duckdb/node-api";
import type { BenchTable } from "./bench.ts";
import { say } from "../../lib/terminal/say.ts";

/**
 * The sizes measured by default: the larger is the target's, under 60 s and 1.5 GB on two cores.
 */
export const EVENTS: readonly number[] = [1_000_000, 2_000_000, 5_000_000, 10_000_000];

/**
 * Prepares a log of each size (CSV, gap sessions, K=5 Q=10) and measures wall-clock seconds and the
 * process's peak resident memory, start and fingerprint of the input included. Needs run, ffi, read
 * and write permissions, a Linux /proc, and about 2 GB in the temporary folder.
 */
export async function benchPrepare(sizes = EVENTS, threads = 2): Promise<BenchTable> {
  const folder = await Deno.makeTempDir();
  const rows: (string | number)[][] = [];
  try {
    for (const events of sizes) {
      const log = `${folder}/log.csv`;
      await writeLog(log, events);
      const { seconds, peakMegabytes, report } = await measure(log, `${folder}/out`, threads);
      rows.push([
        events.toLocaleString("en"),
        seconds.toFixed(1),
        (seconds / events * 1e6).toFixed(2),
        Math.round(peakMegabytes),
        report.counts.sessions.toLocaleString("en"),
        report.counts.pairs.toLocaleString("en"),
        report.counts.episodes.toLocaleString("en"),
      ]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return {
    title: `prepare: a synthetic log in CSV, ${threads} threads`,
    columns: ["events", "seconds", "µs per event", "peak RSS, MB", "sessions", "pairs", "episodes"],
    rows,
  };
}

/**
 * A log of `events` rows in the order of time: sessions of a skewed crowd of users (an event in 40
 * brings a new one) over 92 days, runs of events in a course, few of 1,500 courses each, returns to
 * the session's first. The same bytes for the same number.
 */
export async function writeLog(path: string, events: number): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: "2GB",
    temp_directory: `${path}.spill`,
    threads: "2",
  });
  const connection = await instance.connect();
  const unit = (...parts: string[]) => `(hash(${parts.join(", ")}) % 1000003 / 1000003.0)`;
  await connection.run(`
    COPY (
      SELECT 'user_' || learner AS user_id, 'course_' || course AS item_id,
        strftime(TIMESTAMP '2015-08-01' + to_seconds(second), '%Y-%m-%d %H:%M:%S') AS timestamp
      FROM (
        SELECT learner, start + 45 * place + hash(session, place) % 40 AS second,
          CASE WHEN ${unit("session", "place // 3", "'home'")} < 0.35 THEN home
               ELSE floor(1500 * power(${
    unit("session", "place // 3", "'course'")
  }, 3))::INTEGER END AS course
        FROM (
          SELECT range AS session, floor(${events} / 40 * power(${
    unit("range", "'user'")
  }, 1.7))::INTEGER AS learner,
            (92 * 86400 * ${unit("range", "'start'")})::BIGINT AS start, floor(1500 * power(${
    unit("range", "'home'")
  }, 3))::INTEGER AS home,
            unnest(range(1 + floor(4 / (0.02 + ${unit("range", "'length'")}))::BIGINT)) AS place
          FROM range(${events})
        )
        LIMIT ${events}
      )
      ORDER BY second
    ) TO '${path}' (FORMAT csv, HEADER)`);
  connection.closeSync();
  instance.closeSync();
  await Deno.remove(`${path}.spill`, { recursive: true }).catch(() => {});
}

async function measure(
  log: string,
  out: string,
  threads: number,
  // deno-lint-ignore no-explicit-any -- prepare.json, whose type is in lib/prepare/report.ts
): Promise<{ seconds: number; peakMegabytes: number; report: any }> {
  const script = new URL("../prepare.ts", import.meta.url).pathname;
  const args = ["run", "-A", script, "--input", log, "--out", out, "--threads", String(threads)];
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "null" }).spawn();
  let peakMegabytes = 0;
  const poll = setInterval(() => {
    // the kernel's own high-water mark, so that only the last reading counts; through cat, because
    // Deno itself opens /proc to --allow-all only
    const { stdout } = new Deno.Command("cat", {
      args: [`/proc/${child.pid}/status`],
      stderr: "null",
    }).outputSync();
    peakMegabytes = Math.max(
      peakMegabytes,
      Number(/VmHWM:\s+(\d+)/.exec(new TextDecoder().decode(stdout))?.[1] ?? 0) / 1024,
    );
  }, 200);
  const { success } = await child.status;
  clearInterval(poll);
  if (!success) throw new Error(`prepare failed on ${log}`);
  return {
    seconds: (performance.now() - start) / 1000,
    peakMegabytes,
    report: JSON.parse(await Deno.readTextFile(`${out}/prepare.json`)),
  };
}

if (import.meta.main) {
  const { title, columns, rows } = await benchPrepare();
  say([title, columns.join("\t"), ...rows.map((row) => row.join("\t"))].join("\n"));
}
