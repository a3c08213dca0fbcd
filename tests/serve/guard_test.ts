import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { hostGuard, isLoopback, readTokens, tokenGuard } from "../../lib/serve/guard.ts";
import { HttpError } from "../../lib/serve/http_error.ts";
import { inFolder } from "../in_folder.ts";
import { get, serviceOf } from "./service.ts";

const asked = (headers: Record<string, string> = {}) => get("/models", headers);

Deno.test("loopback is known by every name and address of it, and by no other", () => {
  for (const host of ["localhost", "LOCALHOST.", "127.0.0.1", "127.9.8.7", "::1", "[::1]"]) {
    assert(isLoopback(host), host);
  }
  for (
    const host of [
      "0.0.0.0",
      "::",
      "127.0.0.1.example",
      "localhost.example",
      "10.0.0.1",
      "",
      "128.0.0.1",
    ]
  ) assert(!isLoopback(host), host);
  assert(isLoopback("app.localhost")); // RFC 6761: every name under it
});

Deno.test("on loopback only loopback's names and a proxy's are answered", () => {
  const guard = hostGuard("127.0.0.1", ["courses.example"]);
  for (const host of ["localhost:8000", "127.0.0.1", "[::1]:1", "Courses.Example"]) {
    guard(asked(), new URL(`http://${host}/`));
  }
  for (const host of ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::2]"]) {
    const error = assertThrows(() => guard(asked(), new URL(`http://${host}/`)), HttpError);
    assertEquals(error.status, 421, host);
  }
  hostGuard("0.0.0.0", [])(asked(), new URL("http://evil.example/"));
});

const TOKEN = "0123456789abcdef0123456789abcdef";

Deno.test("without its token nothing but the probes is answered", async () => {
  const { handler } = serviceOf(undefined, {}, { guard: tokenGuard([TOKEN, `${TOKEN}2`]) });
  const statusOf = async (path: string, authorization?: string) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const response = await handler.handle(get(path, headers));
    await response.body?.cancel();
    if (response.status === 401) {
      assertEquals(response.headers.get("www-authenticate")?.startsWith("Bearer "), true);
    }
    return response.status;
  };
  for (const given of [`Bearer ${TOKEN}`, `bearer  ${TOKEN}2`]) {
    assertEquals(await statusOf("/models", given), 200, given);
  }
  for (
    const given of [undefined, "", TOKEN, "Bearer", `Bearer ${TOKEN.slice(1)}`, `Basic ${TOKEN}`]
  ) {
    for (const path of ["/models", "/courses", "/metrics", "/openapi.json", "/nothing"]) {
      assertEquals(await statusOf(path, given), 401, `${path} ${given}`);
    }
    assertEquals([await statusOf("/healthz", given), await statusOf("/readyz", given)], [200, 200]);
  }
});

Deno.test("tokens come from a file, one a line; short and odd ones are refused", () =>
  inFolder(async (folder) => {
    const path = `${folder}/tokens`;
    const tokensOf = async (text: string) => {
      await Deno.writeTextFile(path, text);
      return await readTokens(path);
    };
    assertEquals(await readTokens(undefined), []);
    assertEquals(await tokensOf(`${TOKEN}\r\n\n  ${TOKEN}2\n`), [TOKEN, `${TOKEN}2`]);
    for (
      const bad of [
        "",
        "\n \n",
        "short",
        `${TOKEN}\nshort`,
        "with a space in it 123",
        "é".repeat(20),
      ]
    ) {
      const { message } = await assertRejects(() => tokensOf(bad), InputError);
      assert(message.includes(path) && !message.includes(TOKEN), message);
    }
    await assertRejects(() => readTokens(`${folder}/none`), InputError, "no such file");
  }));
