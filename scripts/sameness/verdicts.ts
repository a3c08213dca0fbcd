/** What the comparison of a case comes to, and how it is shown. */
import type { Case } from "./cases.ts";
import { compareCase, type Comparison, isAllowed } from "./compare.ts";
import type { Opened } from "./sides.ts";
import { say } from "../../lib/terminal/say.ts";

/** What is said of a case. */
interface Verdict {
  readonly name: string;
  readonly comparisons: readonly Comparison[];
  readonly seconds: readonly string[];
  readonly failure?: string;
}

export async function judge(item: Case, old: Opened, now: Opened): Promise<Verdict> {
  const { name, reference } = item;
  const before = old.state.outcomes[reference];
  const after = now.state.outcomes[name];
  const failure = before.failure !== undefined ? `old: ${before.failure}` : after.failure;
  const comparisons = failure === undefined ? await compareCase(item, old.side, now.side) : [];
  const nothing = comparisons.length === 0 ? "it wrote nothing that is compared" : undefined;
  const seconds = [item.sides === "new" ? undefined : before, after];
  return {
    name,
    comparisons,
    seconds: seconds.map((outcome) => outcome?.seconds.toFixed(1) ?? ""),
    failure: failure ?? nothing,
  };
}

export function printTable(verdicts: readonly Verdict[]): void {
  const kinds = ["same", "different", "page differs", "added"] as const;
  const rows = verdicts.map(({ name, comparisons, seconds, failure }) => [
    name,
    failure === undefined ? `${comparisons.length}` : "failed",
    ...kinds.map((kind) => `${comparisons.filter(({ verdict }) => verdict === kind).length}`),
    ...seconds,
  ]);
  const table = [["case", "files", ...kinds, "old s", "new s"], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table) {
    const cells = row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]));
    say(cells.join("  "));
  }
}

/** Prints every difference and returns how many there are; additions that are allowed are none. */
export function printDifferences(verdicts: readonly Verdict[], allowed: readonly string[]): number {
  const lists: Record<string, string[]> = {
    failed: verdicts.flatMap(({ name, failure }) =>
      failure === undefined ? [] : [`${name}: ${failure}`]
    ),
    different: [],
    added: [],
    "page differs": [],
  };
  for (const { name, comparisons } of verdicts) {
    for (const { verdict, file, details } of comparisons) {
      const told = details.filter((path) => verdict !== "added" || !isAllowed(allowed, file, path));
      if (told.length > 0) lists[verdict].push(`${name}: ${file}: ${few(told)}`);
    }
  }
  for (const [title, lines] of Object.entries(lists)) {
    if (lines.length > 0) say(`\n${title}:\n${lines.join("\n")}`);
  }
  return Object.values(lists).flat().length;
}

function few(details: readonly string[]): string {
  const [first, ...more] = details;
  return more.length === 0 ? first : `${first} (and ${more.length} more)`;
}
