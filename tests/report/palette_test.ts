import { assert } from "@std/assert";
import { PALETTE_CSS } from "../../lib/report/palette.ts";

/** The variables of the n-th block: 0 light, 1 dark. */
function colours(block: number): Record<string, string> {
  const body = [...PALETTE_CSS.matchAll(/:root\{([^}]*)\}/g)][block][1];
  return Object.fromEntries([...body.matchAll(/--(\w+):(#[0-9a-f]{6})/g)].map(([, key, value]) => [key, value]));
}

/** Contrast of two colours (WCAG 2.1). */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) =>
    [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((x) => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
      .reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}

for (const [block, scheme] of ["light", "dark"].entries()) {
  Deno.test(`${scheme}: text reads at 4.5 : 1, lines and bars at 3 : 1`, () => {
    const c = colours(block);
    const text = [["ink", "page"], ["ink", "card"], ["soft", "page"], ["soft", "card"], ["soft", "faint"], ["accent", "card"], [
      "accent",
      "page",
    ]];
    text.push(["bestInk", "best"], ["ink", "warn"], ["alarmInk", "alarm"], ...Array.from({ length: 7 }, (_, i) => [`t${i}`, `b${i}`]));
    for (const [a, b] of text) assert(contrast(c[a], c[b]) >= 4.5, `${a} on ${b}: ${contrast(c[a], c[b]).toFixed(2)}`);
    for (let i = 0; i < 6; i++) assert(contrast(c[`c${i}`], c.card) >= 3, `c${i}: ${contrast(c[`c${i}`], c.card).toFixed(2)}`);
  });
}
