/** Names of which an unknown one is a part, or that are a part of it, word by word. */

/** A name, by its number, and how many letters it has more or fewer. */
export interface Part {
  readonly id: number;
  readonly missing: number;
}

/** Words of an unknown name that are looked up. */
const WORDS = 24;
/** Names that are found before the shortest are taken. */
const FOUND = 1000;

/**
 * Makes keys (in lower case) searchable by their parts. Of those with the numbers `candidates`, and
 * of those that are a part of `key`, the `few` are found that lack the fewest letters.
 */
export function partSearch(
  keys: readonly string[],
): (key: string, candidates: readonly number[], few: number) => Part[] {
  const lines = wordsOf(keys.map(oneLine).join("\n")).split("\n").map((line) => line.trim());
  const ids = new Map(lines.map((line, id): [string, number] => [line, id]).reverse());
  return (key, candidates, few) => {
    const asked = wordsOf(oneLine(key)).trim();
    const holders = candidates.values().filter((id) => holds(lines[id], asked)).take(FOUND);
    const found = new Set([...holders, ...held(asked.split(" ").slice(0, WORDS), ids)]);
    return [...found]
      .map((id) => ({ id, missing: Math.abs(lines[id].length - asked.length) }))
      .sort((a, b) => a.missing - b.missing || a.id - b.id)
      .slice(0, few);
  };
}

/** Whether `part` is in `words`: anywhere from four letters on, a shorter one as a word's start. */
function holds(words: string, part: string): boolean {
  if (part.length < leastLetters(part)) return false;
  const isShort = part.length < 4 && !/[^ -~]/.test(part);
  return isShort ? ` ${words}`.includes(` ${part}`) : words.includes(part);
}

/** The keys that are one or more of the words, one after the other. */
function held(words: readonly string[], ids: ReadonlyMap<string, number>): number[] {
  const found: number[] = [];
  for (let from = 0; from < words.length; from++) {
    for (let to = from + 1; to <= words.length; to++) {
      const part = words.slice(from, to).join(" ");
      const id = part.length < leastLetters(part) ? undefined : ids.get(part);
      if (id !== undefined) found.push(id);
    }
  }
  return found;
}

function oneLine(key: string): string {
  return key.replaceAll("\n", " ");
}

/** Letters and digits, with one space for whatever separates them on a line. */
function wordsOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}\n]+/gu, " ");
}

/** Letters that a part must have, so that it says something. */
function leastLetters(part: string): number {
  return /[^ -~]/.test(part) ? 2 : 3;
}
