import { assertEquals } from "@std/assert";
import { distance } from "../../lib/errors/distance.ts";
import { choices } from "../fuzz/random.ts";

/** The definition: Damerau's edits, no part edited twice. */
function wholeTable(a: string, b: string): number {
  const d = Array.from(
    { length: a.length + 1 },
    (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i === 0 ? j : i),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = d[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      d[i][j] = Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.length][b.length];
}

Deno.test("distance is the definition's up to the limit, and above it limit + 1", () => {
  const random = choices(1);
  const word = () => Array.from({ length: random.int(9) }, () => "abc"[random.int(3)]).join("");
  for (let i = 0; i < 20_000; i++) {
    const [a, b, limit] = [word(), word(), random.int(7)];
    assertEquals(
      distance(a, b, limit),
      Math.min(wholeTable(a, b), limit + 1),
      `${a} ${b} ${limit}`,
    );
  }
});
