import { assertEquals } from "@std/assert";
import { serviceOf } from "./service.ts";

Deno.test("models, health and description; HEAD as GET without a body", async () => {
  const { handler } = serviceOf();
  const ask = (path: string, method = "GET") =>
    handler.handle(new Request(`http://localhost${path}`, { method }));
  const models = await (await ask("/models")).json();
  assertEquals([models.default, models.models[1]], ["gru_global", {
    name: "sasrec",
    architecture: "gru",
    device: "none",
    n_courses: 4,
  }]);
  assertEquals(await (await ask("/healthz")).json(), { status: "ok" });
  assertEquals(await (await ask("/readyz")).json(), {
    status: "ready",
    run_tag: "20260130_075435",
  });
  const head = await ask("/healthz", "HEAD");
  assertEquals([head.status, await head.text()], [200, ""]);
  handler.stopping();
  for (const path of ["/healthz", "/readyz"]) {
    const stopped = await ask(path);
    assertEquals([stopped.status, stopped.headers.get("connection")], [503, "close"]);
  }
});

Deno.test("the description covers every path and method, and its references resolve", async () => {
  const { handler } = serviceOf();
  const description = await (await handler.handle(new Request("http://localhost/openapi.json")))
    .json();
  assertEquals(description.openapi, "3.1.0");
  const operations = Object.entries(description.paths).flatMap(([path, item]) =>
    Object.keys(item as object).map((method) => `${method} ${path}`)
  );
  assertEquals(operations, [
    "post /recommend",
    "get /courses",
    "get /models",
    "get /healthz",
    "get /readyz",
    "get /metrics",
    "get /openapi.json",
  ]);
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of Object.keys(item as object)) {
      const init = method === "post"
        ? {
          method,
          body: JSON.stringify(exampleOf(description)),
          headers: { "content-type": "application/json" },
        }
        : {};
      assertEquals(
        (await handler.handle(new Request(`http://localhost${path}`, init))).status,
        200,
        `${method} ${path}`,
      );
    }
  }
  const names = [...JSON.stringify(description).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((
    [, name],
  ) => name);
  assertEquals(names.filter((name) => !(name in description.components.schemas)), []);
});

// deno-lint-ignore no-explicit-any -- a document of arbitrary JSON
function exampleOf(description: any): unknown {
  return description.paths["/recommend"].post.requestBody.content["application/json"].example;
}
