/** A run's page, section by section: data, slices, settings, samples, models. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { renderRun } from "../../lib/report/run_page.ts";
import { sampleRun } from "./sample_run.ts";

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
