import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { measureRows } from "../../lib/report/comparison/measures.ts";
import { compareRuns } from "../../lib/report/compare.ts";
import { renderComparison } from "../../lib/report/compare_page.ts";
import { renderRun } from "../../lib/report/run_page.ts";
import { RESULTS, type RunDocuments } from "../../lib/runs/run_documents.ts";
import { sampleRun } from "./sample_run.ts";

const LISTS = { "coverage@10": 0.25, "popularity@10": 0.0625, "novelty@10": 5.5, "gini@10": 0.875 };

/** The invented run with the metrics of lists and groups of queries. */
function measuredRun(excluded: boolean, tag?: string): RunDocuments {
  const run = sampleRun(tag === undefined ? {} : { tag });
  const { baselines, intervals_95, n_queries } = run.results;
  const models = Object.entries(baselines);
  const ndcg = { "ndcg@5": 0.125, "ndcg@10": 0.1875, "ndcg@20": 0.3125 };
  const all = Object.fromEntries(
    models.map(([name, four]) => [name, { ...four, ...ndcg, ...LISTS }]),
  );
  const group = (by: string, name: string, n: number) => ({
    by,
    name,
    n_queries: n,
    n_users: 48,
    baselines: all,
    intervals_95,
  });
  const groups = [
    group("label", "returns", 120),
    group("label", "new", n_queries - 120),
    group("prefix_length", "3–4", 77),
  ];
  const variant = {
    ...group("all", "all", n_queries - 120),
    best_within_noise: { "accuracy@1": ["gru_global, seen excluded"] },
    groups: [],
  };
  const results = RESULTS(
    { ...run.results, baselines: all, groups, ...excluded && { seen_excluded: variant } },
    "results",
  );
  return { ...run, results };
}

const sectionOf = (page: string, id: string) =>
  page.slice(
    page.indexOf(`<section id="${id}"`),
    page.indexOf("</section>", page.indexOf(`id="${id}"`)),
  );
/** The texts of a row's cells, intervals left out. */
const rowOf = (section: string, model: string) =>
  [...section.slice(section.indexOf(model)).split("</tr>")[0].matchAll(/class="value">([^<]*)</g)]
    .map(([, text]) => text);

Deno.test("NDCG and the metrics of lists stand in a section of their own", () => {
  const page = renderRun(measuredRun(false));
  const measures = sectionOf(page, "measures");
  assertEquals(rowOf(measures, "popularity"), [
    ...["0.1250", "0.1875", "0.3125"],
    ...["0.2500", "0.0625", "5.5000", "0.8750"],
  ]);
  const returns = sectionOf(page, "returns");
  assertStringIncludes(returns, "120 of 480 queries (0.250) go back to a course of the prefix");
  assertStringIncludes(returns, "360 of 480 queries (0.750) go on to a new course");
  assertStringIncludes(returns, "prefix of 3–4 courses");
  assert(!page.includes("seen excluded"));
});

Deno.test("the variant has its own name in its table, and its own best", () => {
  const section = sectionOf(renderRun(measuredRun(true)), "seen-excluded");
  assertEquals(section.match(/, seen excluded</g)?.length, 6, "a row a model");
  assertStringIncludes(section, "in the 360 of 480 queries");
  assertEquals(section.match(/number best/g)?.length, 1);
});

Deno.test("runs before these metrics have no such sections", () => {
  const page = renderRun(sampleRun());
  for (const id of ["measures", "returns", "seen-excluded"]) {
    assert(!page.includes(`<section id="${id}"`) && !page.includes(`href="#${id}"`), id);
  }
});

Deno.test("a comparison has every metric of every run, and of the variant", () => {
  const runs = [measuredRun(false, "20260101_000000"), measuredRun(true, "20260102_000000")];
  const rows = measureRows(runs, ["popularity"]);
  assertEquals(rows.map(({ name, run }) => [name, run]), [
    ["popularity", 0],
    ["popularity", 1],
    ["popularity, seen excluded", 1],
  ]);
  assertEquals(rows[0].values.slice(4), [
    "0.1250",
    "0.1875",
    "0.3125",
    "0.2500",
    "0.0625",
    "5.5000",
    "0.8750",
  ]);
  const old = measureRows([sampleRun()], ["popularity"]);
  assertEquals(old[0].values.slice(4), Array(7).fill("–"));
  assertStringIncludes(sectionOf(renderComparison(compareRuns(runs)), "measures"), "seen excluded");
});

Deno.test("validation has a curve of its metric, and the kept epoch is named", () => {
  const run = sampleRun();
  assert(!renderRun(run).includes('id="validation"'));
  const curve = [0.25, 0.375, 0.3125].map((mrr) => ({ mrr, "recall@5": 1 - mrr }));
  const trained = { ...run.report.training.gru_global, validation: curve };
  const pageOf = (select: string, kept?: number) => {
    const gru_global = { ...trained, ...kept && { kept_epoch: kept } };
    const flags = { ...run.config.flags, select };
    return renderRun({
      ...run,
      config: { ...run.config, flags },
      report: { ...run.report, training: { ...run.report.training, gru_global } },
    });
  };
  const figureOf = (page: string) =>
    page.slice(page.indexOf('<figure id="validation">')).split("</figure>")[0];
  const looked = figureOf(pageOf("mrr"));
  assertStringIncludes(looked, "MRR on the validation episodes by epoch");
  assertStringIncludes(looked, "gru_global from 0.2500 to 0.3125");
  assertStringIncludes(looked, "the last epoch is the model");
  const kept = figureOf(pageOf("recall@5", 1));
  assertStringIncludes(kept, "gru_global from 0.7500 to 0.6875");
  assertStringIncludes(kept, "gru_global of epoch 1");
});
