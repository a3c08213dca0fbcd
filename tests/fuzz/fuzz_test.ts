import { assert, assertEquals } from "@std/assert";
import type { FuzzReport } from "./run_cases.ts";

/** Cases in the gate; the slow suite asks for more. */
const CASES = Number(Deno.env.get("FUZZ_CASES") ?? 2000);
const SECONDS = 2;
const MEGABYTES = 512;

const LIMITS = `${SECONDS} s of CPU and ${MEGABYTES} MB`;

Deno.test(`${CASES} damaged inputs: success or an error with the file, in ${LIMITS}`, async () => {
  const half = Math.floor(CASES / 2);
  const parts = await Promise.all([fuzz(0, half), fuzz(half, CASES)]);
  const reports = parts.map(({ report, last }) => {
    assert(
      report !== undefined,
      `the fuzzing process ended in case ${last}; run it alone: ` +
        "deno run -A tests/fuzz/run_cases.ts N N+1",
    );
    return report;
  });
  const sum = (of: (report: FuzzReport) => number) =>
    reports.reduce((total, report) => total + of(report), 0);
  const accepted = sum((report) => report.accepted);
  const refused = sum((report) => report.refused);
  const slowest = reports.map((report) => report.slowest).sort((a, b) => b.ms - a.ms)[0];
  const peak = Math.max(...reports.map((report) => report.peakMegabytes));
  assertEquals(reports.flatMap(({ failures }) => failures), []);
  assertEquals(sum((report) => report.cases), CASES);
  assert(slowest.ms < 1000 * SECONDS, `case ${slowest.case} took ${slowest.ms} ms`);
  assert(peak < MEGABYTES, `the peak of memory was ${peak} MB`);
  assert(
    accepted > 0.05 * CASES && refused > 0.5 * CASES,
    "the damage is too weak or too strong to test anything",
  );
  console.log(
    `   ${accepted} accepted, ${refused} refused, slowest ${slowest.ms.toFixed(0)} ms, peak ${
      peak.toFixed(0)
    } MB`,
  );
});

/**
 * The report of cases from..to-1, and the last case begun. A process that says nothing for long
 * hangs and is ended.
 */
async function fuzz(from: number, to: number): Promise<{ report?: FuzzReport; last: string }> {
  const script = new URL("run_cases.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      `--v8-flags=--max-old-space-size=${MEGABYTES}`,
      script,
      `${from}`,
      `${to}`,
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let last = "none";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
  };
  watch();
  const listening = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      last = text.trim().split("\n").at(-1) ?? last;
      watch();
    }
  })();
  const output = await new Response(child.stdout).text();
  await listening;
  clearTimeout(timer);
  await child.status;
  return { report: output === "" ? undefined : JSON.parse(output), last };
}
