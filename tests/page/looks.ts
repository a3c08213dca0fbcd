/** How the page looks and is worked. Screenshots go to the folder that SCREENSHOTS names. */
import { assert, assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { browserTest } from "./in_page.ts";
import { choose, type OpenPage, waitFor } from "./open_page.ts";

/** Widths of screens and colour schemes; one takes a log, the others show the form of one. */
const VIEWS = [
  { width: 360, colorScheme: "light", log: true },
  { width: 768, colorScheme: "dark", log: false },
  { width: 1280, colorScheme: "light", log: false },
  { width: 1920, colorScheme: "dark", log: false },
] as const;

/** The narrowest and the widest. */
const REPORTS: readonly number[] = [360, 1920];

/** Forty learners who take six courses each, one a minute. */
const LOG = `user_id,item_id,timestamp\n${
  Array.from({ length: 240 }, (_, i) => {
    const [user, step] = [Math.floor(i / 6), i % 6];
    return `u${user},c${(user * 7 + step * step) % 11},${1e9 + user * 1e5 + step * 60}\n`;
  }).join("")
}`;

browserTest(
  "seen on screens and phones, light and dark, worked by keyboard, without findings of axe",
  async (place) => {
    const log = await Deno.makeTempFile({ suffix: ".csv" });
    await Deno.writeTextFile(log, LOG);
    for (const view of VIEWS) await look(await place.open("server", viewed(view)), view, log);
    await Deno.remove(log);
  },
);

type View = typeof VIEWS[number];

const viewed = ({ width, colorScheme }: View) => ({
  viewport: { width, height: 900 },
  colorScheme,
});

/** Looks at the page before a run and after it. */
async function look({ page, heard }: OpenPage, view: View, log: string): Promise<void> {
  await choose(page, ["popularity", "markov"], view.log ? { k: "1", q: "2" } : {});
  if (view.log) {
    await page.setInputFiles("#log-file", log);
    await page.locator("#columns").waitFor();
    await waitFor(page, /Ready/);
  } else await page.evaluate(`document.getElementById("columns").hidden = false`);
  await findings(page, view, "start");
  const passed = await byKeyboard(page);
  for (const id of ["folder", "markov", "setting-user", "setting-time"]) {
    assert(passed.includes(id), passed.join());
  }
  await waitFor(page, /finished/);
  await findings(page, view, "end");
  const hidden = await page.evaluate(`(() => {
    const frame = document.getElementById("report");
    return frame.contentDocument.documentElement.scrollHeight - frame.clientHeight;
  })()`);
  assert(Math.abs(hidden as number) <= 2, `${hidden} px of the report are not shown`);
  // the report's own tests look at all widths; here it has those of its frame
  if (REPORTS.includes(view.width)) {
    await reportFindings(page, `the report at ${view.width} in ${view.colorScheme}`);
  }
  assertEquals(heard, []);
  await page.context().close();
}

/** Goes from the top to the run's button by the Tab key alone, and presses it; what it passed. */
async function byKeyboard(page: Page): Promise<string[]> {
  await page.evaluate(`(() => {
    const heading = document.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
    heading.removeAttribute("tabindex");
  })()`);
  const passed: string[] = [];
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    const id = await page.evaluate("document.activeElement.id || document.activeElement.value");
    passed.push(String(id));
    if (id === "run") break;
  }
  const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth");
  assertEquals(outline, "2px", "the focus is seen");
  await page.keyboard.press("Enter");
  return passed;
}

/** Nothing over the edge, and nothing serious that axe finds; draws the view where asked to. */
async function findings(page: Page, { width, colorScheme }: View, what: string): Promise<void> {
  const where = `${what} at ${width} in ${colorScheme}`;
  const over = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  assertEquals(over, 0, where);
  await axeFindings(page, where);
  const shots = Deno.env.get("SCREENSHOTS");
  if (shots === undefined) return;
  await page.screenshot({ path: `${shots}/${what}_${width}_${colorScheme}.png`, fullPage: true });
}

/** The report as wide as its frame, whose sandbox runs no script: not even that of axe. */
async function reportFindings(page: Page, where: string): Promise<void> {
  const [markup, width] = await page.evaluate(`(() => {
    const frame = document.getElementById("report");
    return [frame.srcdoc, frame.clientWidth];
  })()`) as [string, number];
  const report = await page.context().newPage();
  await report.setViewportSize({ width, height: 900 });
  await report.setContent(markup);
  await axeFindings(report, where);
}

async function axeFindings(page: Page, where: string): Promise<void> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(`axe.run(document, { iframes: false }).then(({ violations }) =>
    violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join("; ")))`);
  assertEquals(found, [], where);
}
