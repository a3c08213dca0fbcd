/** What a trial or run says, kept for its log: many of them share one terminal. */
import { writeAtomic } from "../../files/atomic.ts";
import { duration, type Terminal } from "../../terminal/terminal.ts";

/** A terminal whose words are written to a file at last. */
export interface Log {
  readonly terminal: Terminal;
  write(path: string): Promise<void>;
}

/** An empty log. */
export function logTerminal(): Log {
  const lines: string[] = [];
  const add = (text = "") => void lines.push(text);
  return {
    terminal: {
      line: add,
      warn: (text) => add(`!! ${text}`),
      stage(title) {
        const begin = performance.now();
        add(`== ${title}`);
        return (summary) =>
          add(
            `   ${summary === undefined ? "" : `${summary}, `}${
              duration(performance.now() - begin)
            }`,
          );
      },
      progress: () => ({ update: () => {}, end: () => {} }),
    },
    write: (path) => writeAtomic(path, `${lines.join("\n")}\n`),
  };
}
