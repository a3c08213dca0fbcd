/**
 * The pages in a real browser: seen on a screen and a phone, in light and dark. Screenshots go to
 * the folder that SCREENSHOTS names.
 */
import { assert, assertEquals } from "@std/assert";
import { compareRuns } from "../../lib/report/compare.ts";
import { renderComparison } from "../../lib/report/compare_page.ts";
import { renderRun } from "../../lib/report/run_page.ts";
import { startChromium } from "../../scripts/build/chromium.ts";
import { assertSeen, chromium, everywhere, LOOK } from "./browser.ts";
import { CHARTS, sampleRun, SKILL } from "./sample_run.ts";

const NAMES = [
  "<script>alert(1)</script>",
  "Introduction to the Theory of Everything That Has a Very Long Name Indeed, Without End (2024)",
  "课程：机器学习导论",
  "مقدمة في البرمجة",
  `"><img src=x onerror=alert(2)>`,
];
const COURSES = [
  ...NAMES,
  ...Array.from({ length: 300 }, (_, i) => `course-v1:School+${10_000 + i}+2024`),
];
const CEILING = { "accuracy@1": 0.6, "recall@5": 0.8, "recall@10": 0.9, mrr: 0.7 };

/** Twelve models, of which some can't be told from the best. */
const TWELVE = {
  ...SKILL,
  markov: 2.2,
  association_rules: 2,
  sequential_rules: 2.5,
  vsknn: 3,
  vmis_knn: 3.1,
  gru_own_padding: 3.35,
};

/** What A4 leaves between its margins, in CSS pixels. */
const PAPER = 700;

/** The page of a run with twelve models, with everything that a page can have. */
const twelve = () =>
  renderRun(
    sampleRun({ skill: TWELVE, courses: COURSES, synthetic: true, ceiling: CEILING, users: 48 }),
  );

Deno.test({
  name:
    "a run's page in Chromium: every chart, no complaint, nothing over the edge or from the data",
  ignore: chromium === undefined,
  // the browser is another process, which playwright talks to through pipes of its own
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await everywhere("run", twelve(), async (page, { scheme, width }) => {
      assertSeen(await page.evaluate(LOOK), CHARTS, scheme);
      const text = await page.locator("body").innerText();
      assert(text.includes("<script>alert(1)</script>"), "a course's name is read as text");
      await page.evaluate(
        `document.querySelectorAll("details").forEach((each) => each.open = true)`,
      );
      const opened = await page.evaluate(
        `document.documentElement.scrollWidth - document.documentElement.clientWidth`,
      );
      assertEquals(opened, 0, `tables opened at ${width}`);
      // the table scrolls beside its row names where it is wide, and only there it says so
      const summary = await page.evaluate(`(() => {
        const scroll = document.querySelector("#summary .scroll");
        const hint = document.querySelector("#summary .hint").getBoundingClientRect().height;
        scroll.scrollLeft = 1000;
        const row = scroll.querySelector("tbody th").getBoundingClientRect().left;
        return [scroll.scrollLeft > 0, hint > 10, row >= scroll.getBoundingClientRect().left];
      })()`);
      assertEquals(summary, [width === 360, width === 360, true], `the summary at ${width}`);
      await page.evaluate(
        `document.querySelectorAll("details").forEach((each) => each.open = false)`,
      );
    });
  },
});

/** [pages] bytes of what is drawn on each page of a PDF. */
function drawnOn(pdf: Uint8Array): number[] {
  const text = new TextDecoder("latin1").decode(pdf);
  return [...text.matchAll(/\/Type \/Page\b(?!s)[\s\S]*?\/Contents (\d+) 0 R/g)].map(([, id]) =>
    Number(new RegExp(`\\n${id} 0 obj\\n<<[^>]*/Length (\\d+)`).exec(text)![1])
  );
}

Deno.test({
  name: "a run's page on paper: white, nothing clipped, no page empty, tables as they were left",
  ignore: chromium === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const browser = await startChromium(chromium!);
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/page.html`, twelve());
      const page = await browser.newPage({ viewport: { width: PAPER, height: 1000 } });
      await page.goto(`file://${folder}/page.html`);
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      const seen = await page.evaluate(`(() => {
        const [first, second] = document.querySelectorAll("details");
        first.open = true;
        const clipped = [...document.querySelectorAll("table, svg, .card, figure")]
          .filter((each) => each.getBoundingClientRect().right > ${PAPER} + 1)
          .map((each) => each.closest("section").id);
        const heightOf = (details) => details.querySelector("table").getBoundingClientRect().height;
        return [
          getComputedStyle(document.body).backgroundColor,
          clipped,
          heightOf(first) > 20,
          heightOf(second),
          first.closest("figure").getBoundingClientRect().width > 0.9 * ${PAPER},
        ];
      })()`);
      assertEquals(seen, ["rgb(255, 255, 255)", [], true, 0, true]);
      const drawn = drawnOn(await page.pdf({ format: "A4" }));
      assert(drawn.length >= 8 && drawn.length <= 16, `${drawn.length} pages`);
      assert(drawn.every((bytes) => bytes > 1000), drawn.join());
    } finally {
      await browser.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "a comparison's page in Chromium",
  ignore: chromium === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const runs = [
      sampleRun(),
      sampleRun({ tag: "20260131_101500", skill: { ...SKILL, gru_global: 2.9, sasrec: 3.2 } }),
    ];
    const charts = [
      ...["accuracy-at-1", "recall-at-5", "recall-at-10", "mrr"].map((metric) =>
        `difference-1-${metric}`
      ),
      ...["sasrec-last-item", "gru-global", "sasrec"].map((model) => `loss-${model}`),
    ];
    await everywhere(
      "comparison",
      renderComparison(compareRuns(runs)),
      async (page, { scheme }) => {
        assertSeen(await page.evaluate(LOOK), charts, scheme);
      },
    );
  },
});
