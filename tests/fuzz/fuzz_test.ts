import { assert, assertEquals } from "@std/assert";
import type { FuzzReport } from "./run_cases.ts";

/** Cases in the gate; the slow suite asks for more. */
const CASES = Number(Deno.env.get("FUZZ_CASES") ?? 2000);
const SECONDS = 2, MEGABYTES = 512;

Deno.test(`${CASES} damaged inputs end in success or in an error that names the file, within ${SECONDS} s and ${MEGABYTES} MB`, async () => {
  const { report, last } = await fuzz(0, CASES);
  assert(report !== undefined, `the fuzzing process ended in case ${last}; run it alone: deno run -A tests/fuzz/run_cases.ts N N+1`);
  assertEquals(report.failures, []);
  assertEquals(report.cases, CASES);
  assert(report.slowest.ms < 1000 * SECONDS, `case ${report.slowest.case} took ${report.slowest.ms} ms`);
  assert(report.peakMegabytes < MEGABYTES, `the peak of memory was ${report.peakMegabytes} MB`);
  assert(report.accepted > 0.05 * CASES && report.refused > 0.5 * CASES, "the damage is too weak or too strong to test anything");
  console.log(
    `   ${report.cases} cases, ${report.accepted} accepted, ${report.refused} refused, slowest ${report.slowest.ms.toFixed(0)} ms, peak ${
      report.peakMegabytes.toFixed(0)
    } MB`,
  );
});

/** The report of cases from..to-1, and the last case begun. A process that says nothing for long hangs and is ended. */
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
  let last = "none", timer: ReturnType<typeof setTimeout> | undefined;
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
