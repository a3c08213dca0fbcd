/** How the page looks and is worked. Screenshots go to the folder that SCREENSHOTS names. */
import { assert, assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { browserTest } from "./in_page.ts";
import { choose, waitFor } from "./open_page.ts";

const VIEWS = [[360, "light"], [768, "dark"], [1280, "light"], [1920, "dark"]] as const;

browserTest(
  "seen on screens and phones, light and dark, worked by keyboard, without findings of axe",
  async (place) => {
    const shots = Deno.env.get("SCREENSHOTS");
    for (const [width, colorScheme] of VIEWS) {
      const viewport = { width, height: 900 };
      const { page, heard } = await place.open("server", { viewport, colorScheme });
      await choose(page, ["popularity", "markov"]);
      await findings(page, `start at ${width} in ${colorScheme}`);
      if (shots !== undefined) {
        await page.screenshot({
          path: `${shots}/start_${width}_${colorScheme}.png`,
          fullPage: true,
        });
      }
      await byKeyboard(page);
      await waitFor(page, /finished/);
      await findings(page, `end at ${width} in ${colorScheme}`);
      const hidden = await page.evaluate(`(() => {
        const frame = document.getElementById("report");
        return frame.contentDocument.documentElement.scrollHeight - frame.clientHeight;
      })()`);
      assert(Math.abs(hidden as number) <= 2, `${hidden} px of the report are not shown`);
      if (shots !== undefined) {
        await page.screenshot({ path: `${shots}/end_${width}_${colorScheme}.png`, fullPage: true });
      }
      assertEquals(heard, []);
      await page.context().close();
    }
  },
);

/** Goes from the top to the run's button by the Tab key alone, and presses it. */
async function byKeyboard(page: Page): Promise<void> {
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
  assert(passed.includes("folder") && passed.includes("markov"), passed.join());
  const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth");
  assertEquals(outline, "2px", "the focus is seen");
  await page.keyboard.press("Enter");
}

/** Nothing over the edge, and nothing serious that axe finds. */
async function findings(page: Page, where: string): Promise<void> {
  const over = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  assertEquals(over, 0, where);
  await page.evaluate(axe.source);
  const found = await page.evaluate(`axe.run(document, { iframes: false }).then(({ violations }) =>
    violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join("; ")))`);
  assertEquals(found, [], where);
}
