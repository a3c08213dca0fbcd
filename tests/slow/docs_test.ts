import { assert } from "@std/assert";

Deno.test("every command of the documentation works and says what its page shows", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "docs", "--check"],
    cwd: new URL("../../", import.meta.url).pathname,
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(code === 0, said);
});
