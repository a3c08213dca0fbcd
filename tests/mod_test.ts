/** What the library promises of itself: every export is documented, and its types can be named. */
import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url).pathname;

async function denoDoc(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["doc", ...args, "mod.ts"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  });
  const { stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { stdout: text(stdout), stderr: text(stderr) };
}

interface Documented {
  readonly name: string;
  readonly declarations: readonly { readonly jsDoc?: { readonly doc?: string } }[];
}

Deno.test("every export of mod.ts has a docstring", async () => {
  const { nodes } = JSON.parse((await denoDoc("--json")).stdout);
  const [{ symbols }] = Object.values<{ symbols: Documented[] }>(nodes);
  assert(symbols.length > 150, `${symbols.length} exports`);
  const bare = symbols.filter(({ declarations }) => declarations.every(({ jsDoc }) => !jsDoc?.doc));
  assertEquals(bare.map(({ name }) => name), []);
});

Deno.test("every type that a public signature names is exported too", async () => {
  const { stderr } = await denoDoc("--lint");
  assertEquals(stderr.match(/public type .* references private type .*/g), null);
});
