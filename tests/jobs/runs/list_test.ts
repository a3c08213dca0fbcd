/** The list of runs at the widths of terminals. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { listText } from "../../../lib/jobs/runs/list.ts";
import type { RunSummary } from "../../../lib/jobs/runs/summary.ts";
import { widthOf } from "../../../lib/terminal/width.ts";

const MODELS = ["gru_global", "sasrec_last_item", "vsknn", ...Array(9).fill("markov")];

const SWEEP_RUN: RunSummary = {
  tag: "20260130_075435_12",
  folder: "reports/sweeps/20260130_075435/reports/06_base_model_selection_xuetangx/" +
    "20260130_075435_12",
  kind: "baselines",
  status: "interrupted",
  data: "课程_a_rather_long_name",
  synthetic: true,
  k: 5,
  q: 10,
  models: MODELS,
  best: { model: "sasrec_last_item", metric: "accuracy@1", value: 0.35 },
  createdAt: "2026-01-30T07:54:35Z",
  bytes: 1_234_567,
};
const BARE: RunSummary = {
  tag: "20260101_000000",
  folder: "reports/06_base_model_selection_xuetangx/20260101_000000",
  kind: "baselines",
  status: "no run",
  models: [],
  bytes: 0,
};
const RUNS = [SWEEP_RUN, BARE];

const widest = (text: string) => Math.max(...text.split("\n").map(widthOf));

Deno.test("a list is never wider than the terminal, and keeps tags and states", () => {
  for (let columns = 20; columns <= 200; columns++) {
    const text = listText(RUNS, RUNS, columns);
    assert(widest(text) <= columns, `${columns}: ${text}`);
    assertEquals(text.split("\n").length, 4);
    assertStringIncludes(text, SWEEP_RUN.tag);
    if (columns >= 80) assertMatch(text, /sasrec_last_item Acc(uracy)?@1 0.3500 .*interrupted/);
  }
});

Deno.test("the least asked for goes first", () => {
  const head = (columns: number) => listText(RUNS, RUNS, columns).split("\n")[0].split(/ {2,}/);
  const all = ["Run", "Data", "Models", "Best", "When (UTC)", "Status", "Size"];
  assertEquals(head(200), all);
  assertEquals(head(140), all.slice(0, -1));
  assertEquals(head(80), ["Run", "Data", "Best", "Status"]);
  const at = (columns: number) => listText(RUNS, RUNS, columns);
  assertStringIncludes(at(200), "gru_global sasrec_last_item vsknn +9");
  assertStringIncludes(at(152), "gru_global +11");
  assertStringIncludes(at(80), "课程_a_rather_l…  ");
});

Deno.test("without a terminal every column is there in full", () => {
  const text = listText(RUNS, RUNS);
  for (const part of ["(synthetic) K=5 Q=10", "vsknn +9", "Accuracy@1 0.3500", "1.2 MB"]) {
    assertStringIncludes(text, part);
  }
});

Deno.test("a run is named by its folder where another has its tag, shown or not", () => {
  const other = { ...SWEEP_RUN, folder: `elsewhere/${SWEEP_RUN.tag}` };
  assertStringIncludes(listText([other], [SWEEP_RUN, other]), `${other.folder} `);
  assert(!listText([other], [other]).includes(other.folder));
});
