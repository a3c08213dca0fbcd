/**
 * What a script says while it works: stages with their times, lines, and how far work has come; and
 * which version it is.
 */
import { printableLine } from "../errors/printable.ts";
import { complain, isSilenced, say } from "./say.ts";
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
   * How far `total` steps have come, with rate and remaining time: a bar on a terminal, which `end`
   * clears; elsewhere a line now and then.
   */
  progress(title: string, total: number): ProgressWatch;
}

/** Hears of steps done. */
export interface ProgressWatch {
  update(done: number, note?: string): void;
  end(): void;
}

const BAR = 24;
const REDRAW_MS = 100;
/** Between two lines where no bar is drawn. */
const LINE_MS = 60_000;
/** Columns of a terminal that does not say how many it has. */
const COLUMNS = 80;

/** Speaks on stdout, warnings and the bar on stderr. */
export function terminal(): Terminal {
  const isTerminal = Deno.stderr.isTerminal();
  const encoder = new TextEncoder();
  const draw = (text: string) => {
    if (!isSilenced()) Deno.stderr.writeSync(encoder.encode(`\r\x1b[2K${printableLine(text)}`));
  };
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
    progress: (title, total) =>
      isTerminal
        ? watchProgress(title, total, {
          every: REDRAW_MS,
          show: (progress) => draw(barLine(progress, columnsOfTerminal())),
          end: () => draw(""),
        })
        : watchProgress(title, total, {
          every: LINE_MS,
          show: (progress) => say(progressLine(progress)),
        }),
  };
}

/** Where progress is shown, and how often at most, in milliseconds. */
export interface ProgressPlace {
  readonly every: number;
  show(progress: Progress): void;
  end?(): void;
}

/**
 * Shows progress when it is due: `every` milliseconds after the last time or the beginning. A rate
 * counts from the first update on: what an earlier start did took it no time. `now` is the clock.
 */
export function watchProgress(
  title: string,
  total: number,
  { every, show, end = () => {} }: ProgressPlace,
  now: () => number = () => performance.now(),
): ProgressWatch {
  const begin = now();
  let shown = begin;
  let first: number | undefined;
  return {
    update(done, note = "") {
      const time = now();
      first ??= done;
      if (time - shown < every) return;
      shown = time;
      const perSecond = (done - first) / ((time - begin) / 1000);
      show({ title, done, total, perSecond, note });
    },
    end,
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
export function barLine(progress: Progress, columns: number): string {
  const { title, done, total, note } = progress;
  const filled = Math.max(0, Math.min(BAR, Math.round(BAR * done / total)));
  const bar = `${"#".repeat(filled)}${".".repeat(BAR - filled)}`;
  const left = pace(progress);
  return cut(`   ${title} [${bar}] ${Math.round(done)}/${total} ${left} ${note}`, columns - 1);
}

/** The same in a log. */
export function progressLine(progress: Progress): string {
  const { title, done, total, note } = progress;
  const parts = [`   ${title} ${Math.round(done)}/${total}`, pace(progress), note.trim()];
  return parts.filter((part) => part !== "").join(", ");
}

/** Rate and remaining time; nothing while there is no rate. */
function pace({ done, total, perSecond }: Progress): string {
  if (!(perSecond > 0)) return "";
  const rate = perSecond.toFixed(perSecond < 10 ? 1 : 0);
  return `${rate}/s, ${duration(1000 * (total - done) / perSecond)} left`;
}

/** Columns of the terminal that stdout is; none where it is a pipe or a file. */
export function columnsOfStdout(): number | undefined {
  const { stdout } = globalThis.Deno ?? {}; // none in a page
  return stdout?.isTerminal() ? columnsOfTerminal() : undefined;
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
