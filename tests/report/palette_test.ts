import { assert, assertEquals } from "@std/assert";
import { looksOf, PALETTE_CSS } from "../../lib/report/palette.ts";

/** Models that are told apart by colour alone. */
const MODELS = 12;

/** The variables of the n-th block: 0 light, 1 dark. */
function colours(block: number): Record<string, string> {
  const body = [...PALETTE_CSS.matchAll(/:root\{([^}]*)\}/g)][block][1];
  return Object.fromEntries(
    [...body.matchAll(/--(\w+):(#[0-9a-f]{6})/g)].map(([, key, value]) => [key, value]),
  );
}

/** Linear RGB of a colour (sRGB). */
function channels(hex: string): number[] {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((x) =>
    x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4
  );
}

/** Contrast of two colours (WCAG 2.1). */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) =>
    channels(hex).reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}

for (const [block, scheme] of ["light", "dark"].entries()) {
  Deno.test(`${scheme}: text reads at 4.5 : 1, lines and bars at 3 : 1`, () => {
    const c = colours(block);
    const text = [
      ["ink", "page"],
      ["ink", "card"],
      ["soft", "page"],
      ["soft", "card"],
      ["soft", "faint"],
      ["accent", "card"],
      [
        "accent",
        "page",
      ],
    ];
    text.push(
      ["bestInk", "best"],
      ["ink", "warn"],
      ["alarmInk", "alarm"],
      ...Array.from({ length: 7 }, (_, i) => [`t${i}`, `b${i}`]),
    );
    for (const [a, b] of text) {
      assert(contrast(c[a], c[b]) >= 4.5, `${a} on ${b}: ${contrast(c[a], c[b]).toFixed(2)}`);
    }
    for (let i = 0; i < MODELS; i++) {
      for (const background of ["card", "page"]) {
        const found = contrast(c[`c${i}`], c[background]);
        assert(found >= 3, `c${i} on ${background}: ${found.toFixed(2)}`);
      }
    }
  });
}

/** Colour visions as matrices on linear RGB (Machado, Oliveira & Fernandes 2009, severity 1). */
const VISIONS: Readonly<Record<string, readonly (readonly number[])[]>> = {
  common: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [
    -0.003882,
    -0.048116,
    1.051998,
  ]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [
    -0.01182,
    0.04294,
    0.968881,
  ]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [
    0.004733,
    0.691367,
    0.3039,
  ]],
};

/** CIE L*a*b* (D65) of linear RGB. */
function lab(rgb: readonly number[]): number[] {
  const [r, g, b] = rgb.map((x) => Math.min(1, Math.max(0, x)));
  const [x, y, z] = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
  ].map((t) => t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

for (const [block, scheme] of ["light", "dark"].entries()) {
  Deno.test(`${scheme}: the models' colours are told apart with every colour vision`, () => {
    const c = colours(block);
    const rgb = Array.from({ length: MODELS }, (_, i) => channels(c[`c${i}`]));
    for (const [vision, matrix] of Object.entries(VISIONS)) {
      const seen = rgb.map((linear) =>
        lab(matrix.map((row) => row.reduce((sum, weight, i) => sum + weight * linear[i], 0)))
      );
      for (let i = 0; i < MODELS; i++) {
        for (let j = 0; j < i; j++) {
          const distance = Math.hypot(...seen[i].map((x, k) => x - seen[j][k]));
          assert(distance >= 18, `c${j} and c${i} with ${vision}: ${distance.toFixed(1)}`);
        }
      }
    }
  });
}

const many = Array.from({ length: 40 }, (_, i) => `model_${i}`);

Deno.test("twelve models have looks of their own in every part; of more, no two look alike", () => {
  const looks = Object.values(looksOf(many));
  const distinct = (values: readonly unknown[]) =>
    new Set(values.map((value) => JSON.stringify(value))).size;
  const first = looks.slice(0, MODELS);
  for (const part of ["colour", "marker", "dash"] as const) {
    assertEquals(distinct(first.map((look) => look[part])), MODELS, part);
  }
  assertEquals(distinct(looks.map(({ colour, marker }) => [colour, marker])), looks.length);
  assertEquals(distinct(looks.map(({ colour, dash }) => [colour, dash])), looks.length);
});

Deno.test("a model's look goes by its place in the run alone", () => {
  const looks = looksOf(many);
  assertEquals(looksOf(many.map((name) => `other_${name}`)).other_model_17, looks.model_17);
  assertEquals(looksOf(many.slice(0, 3)).model_2, looks.model_2);
});

Deno.test("a run of the notebook's models keeps the colours that its page has always had", () => {
  const run = ["random", "popularity", "gru_global", "sasrec", "sessionknn", "sasrec_last_item"];
  assertEquals(
    Object.values(looksOf(run)).map(({ colour, marker }) => `${colour} ${marker}`),
    [
      "var(--c5) plus",
      "var(--c3) diamond",
      "var(--c0) circle",
      "var(--c1) rect",
      "var(--c2) triangle",
      "var(--c4) bar",
    ],
  );
});
