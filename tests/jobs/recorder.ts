/** A terminal that remembers what was said. */
import type { Terminal } from "../../lib/terminal/terminal.ts";

/** The terminal and what it has heard so far. */
export function recorder(): { terminal: Terminal; text: () => string } {
  const lines: string[] = [];
  return {
    terminal: {
      line: (line = "") => void lines.push(line),
      warn: (line) => void lines.push(line),
      stage: (title) => {
        lines.push(title);
        return (summary) => void lines.push(summary ?? "");
      },
      progress: () => ({ update: () => {}, end: () => {} }),
    },
    text: () => lines.join("\n"),
  };
}
