/**
 * What a script says while it works: stages with their times, lines, and a progress bar on a
 * terminal only; and which version it is.
 */
import { printableLine } from "../errors/printable.ts";
import { complain, say } from "./say.ts";
import { cut } from "./width.ts";
import manifest from "../../deno.json" with { type: "json" };

/** The version of this program (semantic), from deno.json. */
export const VERSION: string = manifest.version;

/** Where a script speaks. */
export interface Terminal {
  line(text?: string): void;
  /** Something the user should not miss. */
  warn(text: string): void;
  /** Says what begins; the returned function says how long it took. */
  stage(title: string): (summary?: string) => void;
  /**
   * A bar for `total` steps: rate and remaining time on a terminal, nothing elsewhere. `end` clears
   * it.
   */
  progress(
    title: string,
    total: number,
  ): { update(done: number, note?: string): void; end(): void };
}

const BAR = 24;
const REDRAW_MS = 100;
/** Columns of a terminal that does not say how many it has. */
const COLUMNS = 80;

/** Speaks on stdout, warnings and the bar on stderr. */
export function terminal(): Terminal {
  const isTerminal = Deno.stderr.isTerminal();
  const encoder = new TextEncoder();
  const draw = (text: string) =>
    Deno.stderr.writeSync(encoder.encode(`\r\x1b[2K${printableLine(text)}`));
  return {
    line: say,
    warn: (text) => complain(`\n!! ${text}\n`),
    stage(title) {
      const begin = performance.now();
      say(`\n== ${title}`);
      return (summary) =>
        say(
          `   ${summary === undefined ? "" : `${summary}, `}${duration(performance.now() - begin)}`,
        );
    },
    progress(title, total) {
      const begin = performance.now();
      let drawn = 0;
      let first: number | undefined;
      return {
        update(done, note = "") {
          const now = performance.now();
          first ??= done;
          if (!isTerminal || (now - drawn < REDRAW_MS && done < total)) return;
          drawn = now;
          const perSecond = (done - first) / ((now - begin) / 1000);
          draw(barLine({ title, done, total, perSecond, note }, columnsOfTerminal()));
        },
        end: () => isTerminal && draw(""),
      };
    },
  };
}

/** How far work has come. */
export interface Progress {
  readonly title: string;
  readonly done: number;
  readonly total: number;
  readonly perSecond: number;
  readonly note: string;
}

/** A progress bar's line, which leaves the terminal's last column free: a full line would wrap. */
export function barLine(
  { title, done, total, perSecond, note }: Progress,
  columns: number,
): string {
  const filled = Math.max(0, Math.min(BAR, Math.round(BAR * done / total)));
  const rate = perSecond.toFixed(perSecond < 10 ? 1 : 0);
  const left = perSecond > 0
    ? `${rate}/s, ${duration(1000 * (total - done) / perSecond)} left`
    : "";
  const bar = `${"#".repeat(filled)}${".".repeat(BAR - filled)}`;
  return cut(`   ${title} [${bar}] ${Math.round(done)}/${total} ${left} ${note}`, columns - 1);
}

function columnsOfTerminal(): number {
  try {
    return Deno.consoleSize().columns || COLUMNS;
  } catch {
    return COLUMNS;
  }
}

/** Says nothing but warnings, for programs that read stdout. */
export function quietTerminal(): Terminal {
  const { warn } = terminal();
  return {
    line: () => {},
    warn,
    stage: () => () => {},
    progress: () => ({ update: () => {}, end: () => {} }),
  };
}

/** "0.42 s", "1 min 12 s", "2 h 5 min": a part never holds what would make one of the next. */
export function duration(ms: number): string {
  if (Math.round(ms / 10) < 6000) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(ms / 60_000);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
