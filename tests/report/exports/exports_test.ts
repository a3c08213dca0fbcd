import { assert, assertEquals, assertStringIncludes } from "@std/assert";
// @ts-types="../../prepare/text/csv_parse.d.ts"
import { parse } from "csv-parse/sync";
import { csvOf, textCell } from "../../../lib/report/exports/csv.ts";
import { jsonOf } from "../../../lib/report/exports/json.ts";
import { latexOf, texText } from "../../../lib/report/exports/latex.ts";
import { markdownOf } from "../../../lib/report/exports/markdown.ts";
import { contestOf } from "../../../lib/report/leaderboard/contest.ts";
import { groupEvidence } from "../../../lib/report/leaderboard/evidence.ts";
import { evidenceOf } from "../leaderboard/shown.ts";

/** A name that each format would take for more than a name. */
const HOSTILE = `=cmd|' /C calc'!A0\\input{/etc/passwd}%&_^~#$"\`<b>|数`;
/** Another, with what has a meaning at a row's beginning, or in pairs. */
const PAIRS = "[x](y)--''~~a~~ **b** __c__ $d$ &lt; <<e>> ,,";
const LETTERS = "ÀÅÇéñöüßøÿĆčĎďěŁłŃňŐŕřŚşŠťŮűŸźŻž";
const evidence = [
  ...evidenceOf({ name: "mars_fr" }),
  ...evidenceOf({ name: `${HOSTILE}${LETTERS}` }, [1, 2]).map((one) => ({
    ...one,
    model: { markov: HOSTILE, popularity: PAIRS }[one.model] ?? one.model,
  })),
];
const METRICS = ["accuracy@1", "recall@5", "recall@10", "mrr", "ndcg@10"] as const;
const contests = groupEvidence(evidence).map((shown) => contestOf(shown, METRICS));
const mars = contests.find(({ data }) => data.name === "mars_fr")!;

Deno.test("CSV: every number in full, names in their cells, formulas as text", () => {
  const rows = parse(csvOf(contests), { columns: (head) => head });
  assertEquals(rows.length, 2 * 6 * METRICS.length);
  const [first] = mars.rows;
  const found = rows.find(({ data, model, metric }) =>
    data === "mars_fr" && model === first.contestant.label && metric === "mrr"
  )!;
  const { mean, sd, interval } = first.scores.mrr;
  assertEquals(
    [found.mean, found.sd, found.low, found.high].map(Number),
    [mean, sd, interval.low, interval.high],
  );
  assertEquals(found.seeds, "3");
  for (const cell of rows.flatMap(Object.values)) {
    assert(!/^[=+@\t\r]|^-(?!\d)/.test(cell), cell);
  }
  assertEquals(rows.filter(({ model }) => model === `'${HOSTILE}`).length, METRICS.length);
  assertEquals([textCell("-1+1"), textCell(" =1"), textCell('a"b')], ["'-1+1", "' =1", '"a""b"']);
});

Deno.test("Markdown: a cell a column whatever names hold, nothing of them is markup", () => {
  const made = markdownOf(contests);
  const tables = made.split("\n").filter((line) => line.startsWith("| "));
  for (const row of tables) assertEquals(row.split(/(?<!\\)\|/).length, 12, row);
  assert(
    !made.includes("<b>") ||
      made.split("\n").every((line) => !line.includes("<b>") || line.startsWith("| ")),
  );
  const { mean, sd, interval } = mars.rows[0].scores.mrr;
  const short = (x: number) => x.toFixed(4).slice(1);
  assertStringIncludes(
    made,
    `**${short(mean)}** ± ${short(sd!)} (${short(interval.low)}–${short(interval.high)})`,
  );
  assertStringIncludes(made, "over users and seeds together");
  // in a heading and in a sentence a name is what it is
  const below = made.slice(made.indexOf("Fewer than 5 seeds", made.indexOf("passwd")));
  for (const [name, text] of [[HOSTILE, made], [PAIRS, below]]) {
    const plain = text.replace(/\\([!-/:-@[-`{-~])/g, "$1");
    assertStringIncludes(plain, name);
    const escapedOnce = name.replace(/[\\`*_[\]<>|~&$]/g, "\\$&");
    assertStringIncludes(text.replace(/\\([{}()#+!-])/g, "$1"), escapedOnce);
  }
});

Deno.test("JSON: what the tables show, and what was left out", () => {
  const { tables, left_out } = JSON.parse(jsonOf(contests, [{ run: "a", why: "b" }]));
  assertEquals(left_out, [{ run: "a", why: "b" }]);
  const table = tables.find((each: { data: { name: string } }) => each.data.name === "mars_fr");
  assertEquals(table.models[0].scores.mrr.mean, mars.rows[0].scores.mrr.mean);
  assertEquals(table.models[0].seeds.length, 3);
});

Deno.test("LaTeX: names are text, and marks stand beside numbers", () => {
  const made = latexOf(contests);
  assert(!made.includes("\\input"), made);
  assertStringIncludes(made, "\\textbackslash{}input\\{/etc/passwd\\}");
  assertStringIncludes(made, "\\texttt{U+6570}");
  assertStringIncludes(made, "\\toprule");
  assertStringIncludes(made, "$^{{*}{*}{*}}$");
  assertEquals(texText("a_b\n50 %"), "a\\_\\allowbreak{}b 50 \\%");
  assertEquals(texText("[a]---''"), "{[}a{]}-{}-{}-'{}'");
});

const pdflatex = (await Promise.all(
  ["/usr/bin/pdflatex", "/usr/local/bin/pdflatex"].map((path) =>
    Deno.stat(path).then(() => path, () => undefined)
  ),
)).find((path) => path !== undefined);
if (pdflatex === undefined) {
  console.warn("skipped: no pdflatex (Debian: texlive-latex-base, texlive-latex-recommended)");
}

Deno.test({
  name: "LaTeX: pdflatex makes pages of it, nothing wider than the column",
  ignore: pdflatex === undefined,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const document = "\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n" +
        `\\usepackage{booktabs,graphicx}\n\\begin{document}\n${latexOf(contests)}\\end{document}\n`;
      await Deno.writeTextFile(`${folder}/table.tex`, document);
      const { code, stdout } = await new Deno.Command(pdflatex!, {
        args: ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "table.tex"],
        cwd: folder,
      }).output();
      const log = new TextDecoder("latin1").decode(stdout);
      assertEquals(code, 0, log.slice(-2000));
      assertStringIncludes(log, "Output written on table.pdf");
      assert(!/Overfull|Missing character|undefined/.test(log), log);
      const output = Deno.env.get("SCREENSHOTS");
      if (output) await Deno.copyFile(`${folder}/table.pdf`, `${output}/table.pdf`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
