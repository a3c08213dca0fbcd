/** What Markdown pages hold for programs: commands to run, and parts that a program writes. */

/** A fenced block of shell commands. */
export interface Commands {
  readonly page: string;
  /** Line of its first command, from 1. */
  readonly line: number;
  /** Commands, continued lines joined, comments and blank lines left out. */
  readonly commands: readonly string[];
}

/** A part of a page between `<!-- made: what -->` and `<!-- /made -->`. */
export interface Made {
  /** What it shows: "models", or a command in backticks whose output it is. */
  readonly what: string;
  readonly text: string;
  /** Line of its beginning, from 1. */
  readonly line: number;
}

const FENCE = /^```(\S*)(.*)$/;
const MADE = /<!-- made: (.+?) -->\n([\s\S]*?)<!-- \/made -->/g;

/**
 * The shell blocks of a page. A block that cannot run everywhere says so behind its language:
 * "```sh no-run: needs a GPU"; it is left out.
 */
export function shellBlocks(page: string, text: string): Commands[] {
  const blocks: Commands[] = [];
  let block: { info: string; line: number; lines: string[] } | undefined;
  text.split("\n").forEach((content, i) => {
    const fence = FENCE.exec(content);
    if (fence === null) {
      block?.lines.push(content);
    } else if (block === undefined) {
      block = { info: `${fence[1]}${fence[2]}`, line: i + 2, lines: [] };
    } else {
      const commands = commandsIn(block.lines);
      if (block.info === "sh" && commands.length > 0) {
        blocks.push({ page, line: block.line, commands });
      }
      block = undefined;
    }
  });
  return blocks;
}

function commandsIn(lines: readonly string[]): string[] {
  const whole = lines.join("\n").replaceAll(/\\\n\s*/g, "");
  const bare = whole.split("\n").map((line) => line.replace(/\s+# .*$/, "").trim());
  return bare.filter((line) => line !== "" && !line.startsWith("#"));
}

/** The made parts of a page. */
export function madeParts(text: string): Made[] {
  return [...text.matchAll(MADE)].map(({ index, 1: what, 2: part }) => ({
    what,
    text: part,
    line: text.slice(0, index).split("\n").length,
  }));
}

/** The page with its made parts written anew; `make` gives the text of one, or none to keep it. */
export function remake(
  text: string,
  make: (what: string, old: string) => string | undefined,
): string {
  return text.replaceAll(MADE, (whole, what: string, old: string) => {
    const made = make(what, old);
    return made === undefined ? whole : `<!-- made: ${what} -->\n${made}\n<!-- /made -->`;
  });
}
