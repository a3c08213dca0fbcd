/** A run's page as a whole: its charts, and that it is text and asks nobody for anything. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { renderRun } from "../../lib/report/run_page.ts";
import { CHARTS, sampleRun } from "./sample_run.ts";

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
