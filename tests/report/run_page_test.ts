import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { computeMetrics, METRIC_NAMES } from "../../lib/metrics/metrics.ts";
import { renderRun } from "../../lib/report/run_page.ts";
import type { RunDocuments } from "../../lib/runs/run_documents.ts";
import { CHARTS, sampleRun, SKILL } from "./sample_run.ts";

Deno.test("the page has every chart in both widths, with words and numbers beside it", () => {
  const page = renderRun(sampleRun());
  const ids = [...page.matchAll(/<figure id="([^"]+)">/g)].map(([, id]) => id);
  assertEquals(ids, CHARTS);
  for (const id of ids) {
    const figure = page.slice(
      page.indexOf(`<figure id="${id}">`),
      page.indexOf("</figure>", page.indexOf(`<figure id="${id}">`)),
    );
    for (const width of ["wide", "narrow"]) {
      const label = `aria-labelledby="${id}-${width}-title ${id}-${width}-text"`;
      assertStringIncludes(figure, `<svg class="${width}"`, id);
      assertStringIncludes(figure, label, id);
      const description = /<desc[^>]*>([^<]*)<\/desc>/.exec(figure)![1];
      assert(description.length > 40 && /\d/.test(description), `${id}: ${description}`);
    }
    assertStringIncludes(figure, "<details><summary>Numbers</summary>", id);
    assert(figure.split("<tr>").length > 2, `${id} has a table`);
  }
  const all = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assertEquals(all.length, new Set(all).size, "every id once");
  for (const [, anchor] of page.matchAll(/href="#([^"]+)"/g)) assert(all.includes(anchor), anchor);
});

Deno.test("the page asks the network for nothing and holds no script", () => {
  const page = renderRun(sampleRun({ synthetic: true }));
  assert(!/<script|javascript:|\son[a-z]+=|@import|url\((?!#)/i.test(page));
  assertEquals([...page.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map(([, target]) => target), [
    "data:,",
  ]);
  assertStringIncludes(page, "default-src &#39;none&#39;");
});

Deno.test("a course's name is text wherever it stands", () => {
  const evil = [
    `<script>alert(1)</script>`,
    `"><img src=x onerror=alert(2)>`,
    `'--></style></svg><svg onload=alert(3)>`,
    `]]></desc><b>x</b>`,
    `{a|b}`,
  ];
  const page = renderRun(
    sampleRun({ courses: [...evil, ...Array.from({ length: 60 }, (_, i) => `course ${i}`)] }),
  );
  for (const tag of ["<script", "<img", "<b>x", "<svg onload", "</style></svg>"]) {
    assert(!page.includes(tag), tag);
  }
  assertStringIncludes(page, "&lt;script&gt;alert(1)&lt;/script&gt;");
  assertEquals(page.split("<svg ").length, page.split("</svg>").length);
});

Deno.test("so is everything else from the documents", () => {
  const evil = "<img src=x onerror=alert(1)>";
  const run = sampleRun();
  const page = renderRun({
    ...run,
    config: {
      ...run.config,
      device: evil,
      device_reason: evil,
      flags: { data: evil, [evil]: { a: evil } },
    },
    report: {
      ...run.report,
      created_at: evil,
      key_findings: [evil],
      notes: [evil],
      environment: { deno: evil },
      data: { synthetic: true, preset: evil, process_version: evil },
      data_fingerprints: [{ path: evil, bytes: 1, sha256: evil }],
    },
  });
  assert(!page.includes("<img"));
});

/** The page's summary, and the values in it that are marked as best. */
function summaryOf(run: RunDocuments): { summary: string; marked: string[] } {
  const page = renderRun(run);
  const summary = page.slice(page.indexOf('id="summary"'), page.indexOf('id="findings"'));
  const best = summary.matchAll(/class="number best"><span class="value">([\d.]+)/g);
  return { summary, marked: Array.from(best, ([, value]) => value) };
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

/** The numbers of a figure's axis and the names of its rows, of its wide drawing. */
function textsOf(page: string, figure: string): string[] {
  const at = page.indexOf(`<figure id="${figure}">`);
  const drawing = page.slice(page.indexOf("<svg", at), page.indexOf("</svg>", at));
  return [...drawing.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text);
}

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

Deno.test("slices have intervals and at least ten queries each, and no line between bins", () => {
  const run = sampleRun({ episodes: 12, users: 12 });
  const page = renderRun(run);
  for (const id of ["prefix-accuracy-at-1", "popularity-recall-at-10"]) {
    const from = page.indexOf(`<figure id="${id}">`);
    const figure = page.slice(from, page.indexOf("</figure>", from));
    const row = /<th scope="row">queries<\/th>(.*?)<\/tr>/.exec(figure)![1];
    const counts = [...row.matchAll(/>([\d,]+)</g)].map(([, text]) => Number(text));
    assert(counts.length > 1 && counts.every((count) => count >= 10), `${id}: ${counts}`);
    assertEquals(counts.reduce((a, b) => a + b), 120, "every query is in a bin");
    const models = Object.keys(run.results.baselines).length;
    assertEquals(
      figure.match(/<small>0\.\d{4} to [01]\.\d{4}<\/small>/g)!.length,
      models * counts.length,
    );
    const drawing = figure.slice(
      figure.indexOf('<svg class="wide"'),
      figure.indexOf("</svg>", figure.indexOf('<svg class="wide"')),
    );
    assert(!drawing.includes("<polyline"), "no line goes through several bins");
  }
});

Deno.test("the data card names the data, their dates, their split, and where the page lies", () => {
  const run = sampleRun({ synthetic: true });
  const config = { ...run.config, outputs: { out_dir: "reports/x/20260130_075435" } };
  const page = renderRun({ ...run, config });
  const card = page.slice(page.indexOf('<section id="data"'), page.indexOf('id="metrics"'));
  for (
    const part of [
      "<bdi>sample</bdi></strong>",
      "synthetic: preset",
      "2015-08-01 to 2017-05-30",
      "by user: dealt at random",
      "15,000",
      "3,000",
      "2017-04-28",
      "reports/x/20260130_075435/report.html",
    ]
  ) assertStringIncludes(card, part);
  const ordered = { ...run.report.data_card!, label_times: "places in the log's order" };
  const undated = renderRun({ ...run, report: { ...run.report, data_card: ordered } });
  assert(!undated.includes("2015-08-01") && undated.includes("no dates: the log has an order"));
  assertStringIncludes(renderRun(sampleRun({ old: true })), '<section id="data"');
});

Deno.test("settings stand in one table with a column a model; hashes are cut", () => {
  const run = sampleRun();
  const note = { title: "t", family: "f", source: "s", differs: "d" };
  const models = {
    gru_global: { ...note, config: { hiddenDim: 128, dropout: 0.2 } },
    sessionknn: { ...note, config: { k: 100, dropout: 0.7 } },
    random: { ...note, config: {} },
  };
  const page = renderRun({ ...run, config: { ...run.config, models } });
  const section = page.slice(
    page.indexOf('<section id="configuration"'),
    page.indexOf("Environment"),
  );
  const rows = [...section.matchAll(/<tr[^>]*>(.*?)<\/tr>/g)].map(([, row]) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell.replace(/<[^>]+>/g, ""))
  );
  const columns = rows[0].slice(1).filter((name) => !name.startsWith("sasrec"));
  assertEquals(columns, ["gru_global", "sessionknn"]);
  const values = (name: string) =>
    rows.find(([key]) => key === name)!.slice(1).filter((_, i) =>
      !rows[0][i + 1].startsWith("sasrec")
    );
  assertEquals(values("dropout"), ["0.2", "0.7"]);
  assertEquals(values("hiddenDim"), ["128", "–"]);
  assertEquals(rows.find(([key]) => key === "batchSize")?.[1], "256");
  const hash = "1".repeat(64);
  assertStringIncludes(page, `<code class="hash" title="${hash}">${"1".repeat(12)}…</code>`);
});

Deno.test("samples say why they are shown, with arrows and names in one piece", () => {
  const page = renderRun(sampleRun());
  const samples = page.slice(
    page.indexOf('<section id="samples"'),
    page.indexOf('id="configuration"'),
  );
  assertStringIncludes(samples, "A win: query 1000");
  assertStringIncludes(samples, "A disagreement: query 1001");
  assertStringIncludes(
    samples,
    '<span class="whole"><bdi>course 1</bdi></span> <span class="arrow">→',
  );
  assertStringIncludes(samples, "rank 1,000");
  const old = renderRun(sampleRun({ old: true }));
  assertStringIncludes(old, "The first queries of the evaluation");
  assertStringIncludes(old, "<h3>Query 1000</h3>");
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

Deno.test("a run without trained models says so, and small runs have pages too", () => {
  const page = renderRun(sampleRun({ skill: { random: 0 }, epochs: 1 }));
  assertStringIncludes(page, "no losses to show");
  assert(!page.includes('<figure id="loss">'));
  assertStringIncludes(
    renderRun(sampleRun({ epochs: 1, episodes: 1, q: 1, courses: ["a", "b", "c"] })),
    '<figure id="loss">',
  );
  assert(
    !/NaN|undefined|Infinity/.test(
      renderRun(sampleRun({ epochs: 1, episodes: 1, q: 1, courses: ["a", "b", "c"] })),
    ),
  );
});

Deno.test("colours go by a model's place in its run, whatever its rank and its name", () => {
  const colourOf = (page: string, model: string) =>
    [...page.matchAll(/<svg class="swatch line"[^>]*fill="([^"]*)".*?<\/svg><bdi>(\w+)<\/bdi>/g)]
      .find(([, , name]) => name === model)?.[1];
  const skills = Array.from({ length: 13 }, (_, i) => [`m${i}`, (i * 5) % 13 / 4]);
  const page = renderRun(sampleRun({ skill: Object.fromEntries(skills) }));
  const colours = skills.map(([model]) => colourOf(page, String(model)));
  assertEquals(new Set(colours).size, 12);
  assertEquals(colours[12], colours[0]);
  const other = renderRun(
    sampleRun({ skill: Object.fromEntries(skills.map(([model]) => [model, 1])), seed: 3 }),
  );
  assertEquals(skills.map(([model]) => colourOf(other, String(model))), colours);
});

Deno.test("the configuration's words on the models are told, as text; older runs have none", () => {
  const run = sampleRun();
  const models = {
    gru_global: {
      title: "<b>A GRU</b>",
      family: "neural",
      source: "cell 12",
      differs: "the shuffle",
      config: { dropout: 0.2 },
    },
  };
  const page = renderRun({ ...run, config: { ...run.config, models } });
  const section = page.slice(
    page.indexOf('<section id="models"'),
    page.indexOf('id="configuration"'),
  );
  for (const part of ["&lt;b&gt;A GRU&lt;/b&gt;", "neural", "cell 12", "the shuffle"]) {
    assertStringIncludes(section, part);
  }
  assertStringIncludes(page, 'href="#models"');
  assert(!renderRun(run).includes('id="models"'));
});

Deno.test("the same documents give the same bytes, whatever was drawn before", () => {
  const first = renderRun(sampleRun());
  renderRun(sampleRun({ seed: 2 }));
  assertEquals(renderRun(sampleRun()), first);
});

Deno.test("nothing that was drawn keeps a program alive", async () => {
  const code = `import { renderRun } from "./lib/report/run_page.ts";
    import { sampleRun } from "./tests/report/sample_run.ts";
    console.log(renderRun(sampleRun()).length);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const patience = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const { code: exit } = await child.status;
  clearTimeout(patience);
  assertEquals(exit, 0);
});
