/**
 * Runs fuzz cases FROM..TO of a seed and prints one JSON line about them; the number of each case
 * goes to stderr before it runs, so that a hang or a crash can be told. A program of its own, so
 * that its memory is its own.
 */
import { cpuUsage } from "node:process";
import { InputError } from "../../lib/errors/input_error.ts";
import { choices } from "./random.ts";
import type { Subject } from "./subject.ts";
import { subjects } from "./subjects.ts";

/** What the cases gave. */
export interface FuzzReport {
  readonly cases: number;
  readonly accepted: number;
  readonly refused: number;
  readonly bySubject: Record<string, number>;
  /** In milliseconds of CPU, all threads together: a busy machine makes no case slower. */
  readonly slowest: { readonly case: number; readonly ms: number };
  readonly peakMegabytes: number;
  /** What ended in neither success nor a proper refusal. */
  readonly failures: { readonly case: number; readonly subject: string; readonly error: string }[];
}

/** Cases between two looks at memory and at valid inputs. */
const BATCH = 100;

if (import.meta.main) {
  const [from, to] = Deno.args.map(Number);
  const folder = await Deno.makeTempDir();
  const table = await subjects(folder);
  const places = table.flatMap((subject) => Array.from({ length: subject.weight }, () => subject));
  for (const { valid } of table) await valid();
  const bySubject: Record<string, number> = {};
  const failures: FuzzReport["failures"] = [];
  let accepted = 0;
  let refused = 0;
  let slowest = { case: -1, ms: 0 };
  for (let number = from; number < to; number++) {
    const random = choices(number);
    const subject = random.pick(places);
    const bytes = subject.damage(random);
    const path = `/folder/file ${number}`;
    Deno.stderr.writeSync(new TextEncoder().encode(`${number} ${subject.name}\n`));
    const begin = cpuUsage();
    const error = await outcome(subject, bytes, path);
    const { user, system } = cpuUsage(begin);
    const ms = (user + system) / 1000;
    bySubject[subject.name] = (bySubject[subject.name] ?? 0) + 1;
    if (ms > slowest.ms) slowest = { case: number, ms };
    if (error === undefined) accepted++;
    else if (
      error instanceof InputError && error.message.includes(path) && error.message.length < 4000
    ) refused++;
    else {
      failures.push({
        case: number,
        subject: subject.name,
        error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error),
      });
    }
    if ((number - from) % BATCH === BATCH - 1) {
      for (const { name, valid } of table) {
        try {
          await valid();
        } catch (error) {
          failures.push({
            case: number,
            subject: name,
            error: `a valid input is refused now: ${error}`,
          });
        }
      }
      if (failures.length > 20) break;
    }
  }
  await Deno.remove(folder, { recursive: true });
  const report: FuzzReport = {
    cases: accepted + refused + failures.length,
    accepted,
    refused,
    bySubject,
    slowest,
    peakMegabytes: peak(),
    failures,
  };
  console.log(JSON.stringify(report));
}

async function outcome(
  { read }: Subject,
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
): Promise<unknown> {
  try {
    await read(bytes, path);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The most memory this process has had, in MB; where the system does not tell, what it has now. */
function peak(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))![1]) / 1024;
  } catch {
    return Deno.memoryUsage().rss / 1e6;
  }
}
