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
