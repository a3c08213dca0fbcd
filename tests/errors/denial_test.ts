import { assertEquals } from "@std/assert";
import { messageOf } from "../../lib/errors/input_error.ts";

Deno.test({
  name: "what Deno refuses is told without its flags",
  permissions: "none",
  async fn() {
    const said = async (act: () => unknown) => {
      try {
        return await act();
      } catch (error) {
        return messageOf(error);
      }
    };
    const path = Deno.build.os === "windows" ? "C:\\x, y" : "/x, y";
    assertEquals(await said(() => Deno.readFile(path)), `no permission to read "${path}"`);
    assertEquals(
      await said(() => Deno.writeTextFile(path, "")),
      `no permission to write "${path}"`,
    );
    assertEquals(
      await said(() => Deno.env.get("HOME")),
      'no permission to see the environment variable "HOME"',
    );
    assertEquals(
      await said(() => Deno.connect({ hostname: "127.0.0.1", port: 9 })),
      'no permission to reach "127.0.0.1:9"',
    );
    assertEquals(
      await said(() => new Deno.Command("deno").output()),
      'no permission to run "deno"',
    );
    assertEquals(
      await said(() => Deno.hostname()),
      'no permission to ask the system for "hostname"',
    );
    assertEquals(messageOf(new Error("Requires read access")), "Requires read access");
  },
});
