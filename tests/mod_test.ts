/** What the library promises of itself. */
import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url).pathname;

interface Documented {
  readonly name: string;
  readonly declarations: readonly { readonly jsDoc?: { readonly doc?: string } }[];
}

Deno.test("every export of mod.ts has a docstring", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", "mod.ts"],
    cwd: ROOT,
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  const [{ symbols }] = Object.values<{ symbols: Documented[] }>(nodes);
  assert(symbols.length > 150, `${symbols.length} exports`);
  const bare = symbols.filter(({ declarations }) => declarations.every(({ jsDoc }) => !jsDoc?.doc));
  assertEquals(bare.map(({ name }) => name), []);
});

Deno.test("docs/library.md: the example runs from another project's deno.json", async () => {
  const page = await Deno.readTextFile(`${ROOT}docs/library.md`);
  const block = (language: string) =>
    new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "s").exec(page)![1];
  const folder = await Deno.makeTempDir();
  const config = block("json").replace("../baselines/mod.ts", `${ROOT}mod.ts`);
  await Deno.writeTextFile(`${folder}/deno.json`, config);
  const code = block("ts");
  await Deno.writeTextFile(`${folder}/main.ts`, `${code}console.log("scored", scores.length);\n`);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-lock", "--allow-read", "--allow-env", "main.ts"],
    cwd: folder,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  assertEquals(new TextDecoder().decode(stdout), "scored 30\n");
  await Deno.remove(folder, { recursive: true });
});
