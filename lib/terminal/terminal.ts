/**
 * What a script says while it works: stages with their times, lines, and a progress bar on a
 * terminal only; and which version it is.
 */
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

/** Speaks on stdout, warnings and the bar on stderr. */
export function terminal(): Terminal {
  const isTerminal = Deno.stderr.isTerminal();
  const encoder = new TextEncoder();
  const draw = (text: string) => Deno.stderr.writeSync(encoder.encode(`\r\x1b[2K${text}`));
  return {
    line: (text = "") => console.log(printable(text)),
    warn: (text) => console.error(`\n!! ${printable(text)}\n`),
    stage(title) {
      const begin = performance.now();
      console.log(`\n== ${title}`);
      return (summary) =>
        console.log(
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
          const rate = (done - first) / ((now - begin) / 1000);
          const filled = Math.round(BAR * done / total);
          const digits = rate < 10 ? 1 : 0;
          const left = rate > 0
            ? `${rate.toFixed(digits)}/s, ${duration(1000 * (total - done) / rate)} left`
            : "";
          draw(
            `   ${title} [${"#".repeat(filled)}${".".repeat(BAR - filled)}] ${
              Math.round(done)
            }/${total} ${left} ${note}`.slice(0, 118),
          );
        },
        end: () => isTerminal && draw(""),
      };
    },
  };
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

/** A text without control characters: names from the data must not command the terminal. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is removed
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "?");
}

/** "0.42 s", "1 min 12 s". */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(2)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
