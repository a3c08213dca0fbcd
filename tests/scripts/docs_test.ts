import { assertEquals, assertStringIncludes } from "@std/assert";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { madeParts, remake, shellBlocks } from "../../scripts/docs/blocks.ts";
import { modelsTable } from "../../scripts/docs/models_table.ts";

const PAGE = [
  "Text.",
  "```sh",
  "deno task one   # what it does",
  "",
  "deno task two \\",
  "  --flag",
  "```",
  "```sh no-run: needs a GPU",
  "deno task three",
  "```",
  "```ts",
  'console.log("four");',
  "```",
  "<!-- made: models -->",
  "old",
  "<!-- /made -->",
].join("\n");

Deno.test("shell blocks: comments left out, continued lines joined, others not run", () => {
  assertEquals(shellBlocks("page.md", PAGE), [
    { page: "page.md", line: 3, commands: ["deno task one", "deno task two --flag"] },
  ]);
});

Deno.test("made parts are written anew, and kept where they cannot be made", () => {
  assertEquals(madeParts(PAGE), [{ what: "models", text: "old\n", line: 14 }]);
  const made = remake(PAGE, () => "new");
  assertStringIncludes(made, "<!-- made: models -->\nnew\n<!-- /made -->");
  assertEquals(remake(made, () => undefined), made);
});

Deno.test("README's table of models is what the registry says (deno task docs)", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const table = madeParts(readme).find(({ what }) => what === "models");
  assertEquals(table?.text.trim(), modelsTable(BASELINES));
});
