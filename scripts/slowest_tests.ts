/**
 * Prints the ten slowest tests of `deno test` logs: `deno run --allow-read slowest_tests.ts LOG…`.
 */
import { say } from "../lib/terminal/say.ts";

/** How many are shown. */
const SHOWN = 10;
const BEGIN = /^(.+?) \.\.\. ?/;
const END = /ok \((?:(\d+)m)?([\d.]+)(ms|s|µs)?\)$/;
const SECONDS: Readonly<Record<string, number>> = { "µs": 1e-6, ms: 1e-3, s: 1 };

interface Timed {
  readonly name: string;
  readonly seconds: number;
}

/** Tests and their times, from a log without colours. */
export function timesIn(log: string): Timed[] {
  const tests: Timed[] = [];
  let name = "";
  for (const line of log.split("\n")) {
    name = BEGIN.exec(line)?.[1] ?? name;
    const end = END.exec(line);
    if (end === null || name === "") continue;
    const [, minutes = "0", amount, unit = "s"] = end;
    tests.push({ name, seconds: 60 * Number(minutes) + Number(amount) * SECONDS[unit] });
  }
  return tests;
}

if (import.meta.main) {
  const logs = Deno.args.map((path) => Deno.readTextFileSync(path));
  const slowest = logs.flatMap(timesIn).sort((a, b) => b.seconds - a.seconds).slice(0, SHOWN);
  say("The slowest tests:");
  for (const { name, seconds } of slowest) {
    say(`${seconds.toFixed(1).padStart(7)} s  ${name}`);
  }
}
