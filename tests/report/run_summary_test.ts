/** A run's page: what its summary says of who is best, and how sure that is. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { computeMetrics, METRIC_NAMES } from "../../lib/metrics/metrics.ts";
import { renderRun } from "../../lib/report/run_page.ts";
import type { RunDocuments } from "../../lib/runs/run_documents.ts";
import { sampleRun, SKILL } from "./sample_run.ts";

/** The page's summary, and the values in it that are marked as best. */
function summaryOf(run: RunDocuments): { summary: string; marked: string[] } {
  const page = renderRun(run);
  const summary = page.slice(page.indexOf('id="summary"'), page.indexOf('id="findings"'));
  const best = summary.matchAll(/class="number best"><span class="value">([\d.]+)/g);
  return { summary, marked: Array.from(best, ([, value]) => value) };
}

/** The numbers of a figure's axis and the names of its rows, of its wide drawing. */
function textsOf(page: string, figure: string): string[] {
  const at = page.indexOf(`<figure id="${figure}">`);
  const drawing = page.slice(page.indexOf("<svg", at), page.indexOf("</svg>", at));
  return [...drawing.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text);
}

Deno.test("who is best within noise is marked in each column; models stand in order", () => {
  const run = sampleRun();
  const { summary, marked } = summaryOf(run);
  assertStringIncludes(summary, "95 % interval (bootstrap over 48 test episodes)"); // an old run
  const { baselines } = run.results;
  const neighbours = ["gru_global", "sasrec", "sessionknn", "sasrec_last_item"];
  const wanted = Object.keys(baselines).filter((name) => neighbours.includes(name)).flatMap(
    (name) => METRIC_NAMES.map((metric) => baselines[name][metric].toFixed(4)),
  );
  assertEquals([...marked].sort(), wanted.sort());
  const values = [...summary.matchAll(/<th\s+scope="row"[\s\S]*?<span class="value">([\d.]+)/g)]
    .map(([, value]) => Number(value));
  assertEquals(values.length, Object.keys(SKILL).length);
  assertEquals(values, [...values].sort((a, b) => b - a));
});

Deno.test("a run says over whom its intervals are", () => {
  const run = sampleRun({ users: 24 });
  const statistics = { users: 24, intervals: "t", p_values: "sign flips", distinguishable: "0.05" };
  const { summary } = summaryOf({ ...run, results: { ...run.results, statistics } });
  assertStringIncludes(summary, "95 % interval (over 24 users)");
});

Deno.test("nobody is marked where nobody is best: no hits, or too few users", () => {
  const few = sampleRun({ episodes: 9 });
  assertEquals(summaryOf(few).marked, []);
  assertStringIncludes(summaryOf(few).summary, "Nothing is marked as best: too few episodes");
  assertStringIncludes(
    renderRun(few),
    "Only 9 users in 9 test episodes: too few episodes to tell models apart.",
  );
  assertStringIncludes(renderRun(sampleRun({ episodes: 40, users: 8 })), "too few users to tell");
  const run = sampleRun();
  const ranks = { a: run.queries.labels.map(() => 7), b: run.queries.labels.map(() => 8) };
  const baselines = { a: { ...computeMetrics(ranks.a) }, b: { ...computeMetrics(ranks.b) } };
  const none = renderRun({
    ...run,
    results: {
      ...run.results,
      baselines,
      intervals_95: { a: run.results.intervals_95.random, b: run.results.intervals_95.random },
    },
    queries: { ...run.queries, ranks },
  });
  const row = none.slice(
    none.indexOf('<th scope="row">'),
    none.indexOf("</tr>", none.indexOf('<th scope="row">')),
  );
  // rank 7: first by recall@10 and MRR alone
  assertEquals(row.split("★").length - 1, 2);
});

Deno.test("a ceiling is drawn and told under one name, but competes with nobody", () => {
  const ceiling = { "accuracy@1": 0.91234, "recall@5": 0.95, "recall@10": 0.97, mrr: 0.93 };
  const page = renderRun(sampleRun({ ceiling }));
  assertStringIncludes(page, "no contestant");
  assertStringIncludes(page, "ceiling 0.9123");
  assert(!/best"><span class="value">0\.9123/.test(page));
  assert(!/oracle/i.test(page));
  assert(!renderRun(sampleRun()).includes("no contestant"));
  const old = renderRun(sampleRun({ ceiling, old: true }));
  assertStringIncludes(old, "ceiling 0.9123");
  const run = sampleRun({ old: true });
  const { results } = run; // the same, should it stand among the baselines
  const among = renderRun({
    ...run,
    results: { ...results, baselines: { ...results.baselines, oracle: ceiling } },
  });
  assertEquals(among, old);
});

Deno.test("metrics and shares are fractions of 1 everywhere; % stands for intervals alone", () => {
  const page = renderRun(sampleRun({ synthetic: true, episodes: 12 }));
  const text = page.slice(page.indexOf("<body>")).replace(/<style[\s\S]*?<\/style>/g, "");
  assertEquals([...new Set(text.match(/[^\s>]+ ?%/g))], ["95 %"]);
});

Deno.test("bars of the metrics have one scale, and stars where the table has them", () => {
  const run = sampleRun();
  const page = renderRun(run);
  const axes = METRIC_NAMES.map((key) =>
    textsOf(page, `metric-${key.replace("@", "-at-")}`).filter((text) =>
      /^(0|1|0\.\d+)$/.test(text)
    )
      .filter((text) => text.length < 5).join(" ")
  );
  assertEquals(new Set(axes).size, 1, axes.join("; "));
  assertEquals(axes[0], "0 0.2 0.4 0.6 0.8");
  const { summary } = summaryOf(run);
  const stars = METRIC_NAMES.flatMap((key) =>
    textsOf(page, `metric-${key.replace("@", "-at-")}`).filter((text) => text.endsWith(" ★"))
  );
  assertEquals(stars.length, summary.split('<span class="star">').length - 1);
});

Deno.test("the mean rank stands beside the one expected under ties, where they are many", () => {
  const { summary } = summaryOf(sampleRun());
  assertStringIncludes(summary, "384 tied: 123.5 expected");
  assertEquals(summary.split(" expected</small>").length, 2, "of popularity alone");
  assertStringIncludes(summaryOf(sampleRun({ old: true })).summary, "<small>384 tied</small>");
});

Deno.test("synthetic data, ties and few episodes are said aloud", () => {
  const loud = renderRun(sampleRun({ synthetic: true, episodes: 12 }));
  const quiet = renderRun(sampleRun({ skill: { random: 0, sessionknn: 2 } }));
  assertStringIncludes(loud, "SYNTHETIC DATA");
  assertStringIncludes(loud, "Only 12 test episodes");
  assertStringIncludes(loud, "popularity (96 of 120 queries)");
  for (const word of ["SYNTHETIC", "Only ", "Keep in mind"]) assert(!quiet.includes(word), word);
});
