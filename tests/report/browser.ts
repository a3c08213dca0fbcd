/**
 * Pages in a real browser, for tests: on a screen and a phone, in light and dark. Screenshots go to
 * the folder that SCREENSHOTS names.
 */
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { findChromium, startChromium } from "../../scripts/build/chromium.ts";

/** Where Chromium is; tests without it are skipped. */
export const chromium = await findChromium();
if (chromium === undefined) {
  console.error("no Chromium (apt-get install chromium): the browser tests are skipped");
}

/** Screens and a phone in both schemes. */
const VIEWS = [
  [360, "light"],
  [360, "dark"],
  [768, "light"],
  [1280, "light"],
  [1280, "dark"],
  [1920, "dark"],
] as const;
/**
 * Runs `use` on each size and colour scheme with a page that was opened from a folder and heard
 * without a complaint.
 */
export async function everywhere(
  what: string,
  markup: string,
  use: (page: Page, seen: { width: number; scheme: string }) => Promise<void>,
): Promise<void> {
  const browser = await startChromium(chromium!);
  const folder = await Deno.makeTempDir();
  const shots = Deno.env.get("SCREENSHOTS");
  try {
    await Deno.writeTextFile(`${folder}/page.html`, markup);
    for (const [width, scheme] of VIEWS) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
      const heard: string[] = [];
      page.on("console", (message) => heard.push(message.text()));
      page.on("pageerror", (error) => heard.push(String(error)));
      page.on("dialog", (dialog) => {
        heard.push(`dialog ${dialog.message()}`);
        return dialog.dismiss();
      });
      page.on(
        "request",
        (request) => /^(file|data):/.test(request.url()) || heard.push(`request ${request.url()}`),
      );
      await page.goto(`file://${folder}/page.html`);
      await use(page, { width, scheme });
      const path = `${shots ?? folder}/${what}_${width}_${scheme}.png`;
      assert(
        (await page.screenshot({ path, fullPage: true })).length > 20_000,
        `${path} shows something`,
      );
      assertEquals(heard, [], `${what} at ${width} in ${scheme}`);
      await page.close();
    }
  } finally {
    await browser.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * What the browser sees: charts shown, page wider than the window, texts outside their chart,
 * elements that only data could have made.
 */
export const LOOK = `(() => {
  const shown = [...document.querySelectorAll("figure")]
    .filter((figure) => figure.offsetParent !== null).map((figure) => {
    const boxOf = (element) => element.getBoundingClientRect();
    const drawings = [...figure.querySelectorAll(":scope > svg")]
      .filter((svg) => boxOf(svg).height > 50);
    const svg = drawings[0];
    const frame = boxOf(figure);
    const texts = [...(svg?.querySelectorAll("text") ?? [])];
    const outside = texts.filter((text) => {
      const box = boxOf(text);
      return box.left < frame.left - 1 || box.right > frame.right + 1;
    }).map((text) => text.textContent);
    const boxes = texts.map((text) => [text.textContent, boxOf(text)]);
    const overlap = (x, y) =>
      Math.min(x.right, y.right) - Math.max(x.left, y.left) > 1 &&
      Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 3;
    const overlapping = boxes.flatMap(([a, x], i) =>
      boxes.slice(i + 1).filter(([, y]) => overlap(x, y)).map(([b]) => a + " / " + b)
    );
    const marks = svg?.querySelectorAll("path, line, polyline").length ?? 0;
    return { id: figure.id, drawings: drawings.length, marks, outside, overlapping };
  });
  const heights = [...document.querySelectorAll("svg text")]
    .map((text) => text.getBoundingClientRect().height);
  const smallest = Math.min(...heights.filter((x) => x > 0));
  return {
    shown, smallest,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    foreign: document.querySelectorAll("script, img, iframe, object, foreignObject").length,
    background: getComputedStyle(document.body).backgroundColor,
  };
})()`;

/** What `LOOK` gives. */
export interface Seen {
  shown: {
    id: string;
    drawings: number;
    marks: number;
    outside: string[];
    overlapping: string[];
  }[];
  smallest: number;
  overflow: number;
  foreign: number;
  background: string;
}

/** Holds what is seen to what is wanted: each chart drawn once, nothing over an edge. */
export function assertSeen(
  { shown, smallest, overflow, foreign, background }: Seen,
  charts: readonly string[],
  scheme: string,
): void {
  assertEquals(shown.map(({ id }) => id), [...charts]);
  for (const { id, drawings, marks, outside, overlapping } of shown) {
    assertEquals(drawings, 1, `${id}: one of the two drawings is shown`);
    assert(marks > 3, `${id}: something is drawn`);
    assertEquals([outside, overlapping], [[], []], id);
  }
  assert(smallest >= 9, `letters of ${smallest} px`);
  assertEquals([overflow, foreign], [0, 0]);
  const [red] = background.match(/\d+/g)!.map(Number);
  assert(scheme === "dark" ? red < 60 : red > 200, background);
}
