/** The leaderboard as text, and in a real browser. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { contestOf } from "../../../lib/report/leaderboard/contest.ts";
import { groupEvidence } from "../../../lib/report/leaderboard/evidence.ts";
import { renderLeaderboard } from "../../../lib/report/leaderboard/page.ts";
import { assertSeen, chromium, everywhere, LOOK, type Seen } from "../browser.ts";
import { evidenceOf, SPREAD } from "./shown.ts";

const METRICS = ["accuracy@1", "mrr", "ndcg@10"] as const;
const NAMES = [
  "demo",
  "mars_fr",
  `"><img src=x onerror=alert(2)>`,
  "xuetangx",
  "慕课数据集",
  "a_b",
];
const MORE = { ...SPREAD, [`<script>alert(1)</script>`]: 11, sasrec_all_positions: 6, vstan: 5.2 };

function pageOf(names: readonly string[], seeds: readonly number[] = [1, 2]): string {
  const evidence = names.flatMap((name, i) => evidenceOf({ name, users: 30 + i }, seeds, MORE));
  const missing = evidence.filter(({ data, model }) => data.name !== "demo" || model !== "vstan");
  const contests = groupEvidence(missing).map((shown) => contestOf(shown, METRICS));
  return renderLeaderboard({ contests, leftOut: [{ run: "x/y", why: "it is not finished" }] });
}

const PAGE = pageOf(NAMES);

Deno.test("the leaderboard: no script, no element from a name, the same bytes again", () => {
  const page = PAGE;
  assertEquals(page, pageOf(NAMES));
  assertStringIncludes(page, "default-src &#39;none&#39;");
  assert(!/<script|<img/.test(page));
  assertStringIncludes(page, "Not ranked, since some data set lacks them: <bdi>vstan</bdi>");
  assertStringIncludes(page, "Left out: <bdi>x/y</bdi>");
  const links = [...page.matchAll(/class="chip[^"]*" href="#([^"]*)"/g)].map(([, id]) => id);
  const anchors = [...page.matchAll(/class="view[^"]*" id="([^"]*)"/g)].map(([, id]) => id);
  assertEquals(new Set(links), new Set(anchors));
  assertEquals(anchors.length, new Set(anchors).size);
  assertEquals(anchors.length, METRICS.length * (NAMES.length + 1));
});

Deno.test("a critical-difference diagram from five data sets on, and none for one", () => {
  assertStringIncludes(PAGE, "critical difference");
  const four = pageOf(NAMES.slice(0, 4), [1]);
  assertStringIncludes(four, "4 data sets are too few");
  assertStringIncludes(four, "Mean rank");
  assert(!four.includes("Nemenyi"));
  assert(!pageOf(["demo"], [1]).includes("Across data sets"));
});

Deno.test({
  name: "the leaderboard in Chromium: its views by fragment, nothing over the edge",
  ignore: chromium === undefined,
  // the browser is another process, which playwright talks to through pipes of its own
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await everywhere("leaderboard", PAGE, async (page, { scheme, width }) => {
      const url = page.url();
      const sets = NAMES.map((_, i) => `set-${i + 1}`);
      const all = ["ranks-accuracy-at-1", ...sets.map((set) => `${set}-accuracy-at-1`)];
      assertSeen(await page.evaluate(LOOK) as Seen, all, scheme);

      if (scheme === "dark" || width === 768) return;
      const chip = (text: string) =>
        page.locator(".chip:visible").filter({ hasText: new RegExp(`^${text}$`) }).first();
      await chip("MRR").click();
      assertEquals(page.url().slice(url.length), "#mrr");
      const ofMrr = ["ranks-mrr", ...sets.map((set) => `${set}-mrr`)];
      assertSeen(await page.evaluate(LOOK) as Seen, ofMrr, scheme);
      await chip("xuetangx").click();
      const one = (await page.evaluate(LOOK) as Seen).shown.map(({ id }) => id);
      assertEquals(one.length, 1);
      assert(one[0].endsWith("-mrr"), one.join());
      assert(page.url().endsWith("#mrr.xuetangx"));
      await chip("Accuracy@1").click();
      assert(page.url().endsWith("#accuracy-at-1.xuetangx"), page.url());
      assertEquals(await page.locator("h2:visible").allInnerTexts(), ["Keep in mind", "xuetangx"]);
      assertEquals(await page.locator(".chip:visible").count(), METRICS.length + NAMES.length + 1);
      await page.goto(url);
    });
  },
});
