import { assertEquals, assertStringIncludes } from "@std/assert";
import { LIMITS, post, serviceOf } from "./service.ts";

Deno.test("one session, and many", async () => {
  const { handler } = serviceOf();
  const one = await handler.handle(post({ courses: ["dance"], top: 2 }));
  assertEquals([one.status, one.headers.get("content-type"), one.headers.get("cache-control")], [
    200,
    "application/json",
    "no-store",
  ]);
  const recommendations = [{ course: "algebra", score: 0 }, { course: "biology", score: -1 }];
  assertEquals(await one.json(), {
    run_tag: "20260130_075435",
    model: "gru_global",
    recommendations,
  });
  const many = await handler.handle(
    post({ sessions: [["dance"], ["biology", "dance"]], top: 2, model: "sasrec" }),
  );
  assertEquals(await many.json(), {
    run_tag: "20260130_075435",
    model: "sasrec",
    sessions: [{ recommendations }, { recommendations }],
  });
});

Deno.test("top and exclude_seen reach the model; the default is ten, all courses", async () => {
  const seen: unknown[] = [];
  const { handler } = serviceOf((asks) => {
    seen.push(...asks.map(({ session, top, excludeSeen }) => [...session, top, excludeSeen]));
    return Promise.resolve(asks.map(() => []));
  }, { maxTop: 10 });
  await handler.handle(post({ courses: ["dance", "algebra"] }));
  await handler.handle(post({ sessions: [["biology"]], top: 1, exclude_seen: true }));
  assertEquals(seen, [[3, 0, 10, false], [1, 1, true]]);
});

Deno.test("every bad request has its status, a JSON error and a reason", async () => {
  const json = { "content-type": "application/json" };
  const long = "x".repeat(LIMITS.maxBody);
  const cases: [number, string, Request][] = [
    [400, "not JSON", post("{", json)],
    [400, "not JSON", post("", json)],
    [400, "the body is a list", post("[1]", json)],
    [400, "the body is null", post("null", json)],
    [400, "courses is the text", post({ courses: "dance", top: 1 })],
    [400, "courses is a list with something else", post({ courses: [1], top: 1 })],
    [400, "sessions[1] is", post({ sessions: [["dance"], "dance"], top: 1 })],
    [400, "sessions is an empty list", post({ sessions: [], top: 1 })],
    [400, "neither courses nor sessions", post({ top: 1 })],
    [400, "both courses and sessions", post({ courses: ["dance"], sessions: [["dance"]], top: 1 })],
    [400, '"excludeSeen" is unknown', post({ courses: ["dance"], excludeSeen: true })],
    [400, '"__proto__" is unknown', post('{"courses": ["dance"], "__proto__": 1}', json)],
    [400, "top is 6", post({ courses: ["dance"], top: 6 })],
    [400, "top is 1.5", post({ courses: ["dance"], top: 1.5 })],
    [400, "top is the text", post({ courses: ["dance"], top: "1" })],
    [400, "exclude_seen is", post({ courses: ["dance"], top: 1, exclude_seen: 1 })],
    [
      400,
      "sessions[0] is",
      post(`{"top": 1, "sessions": ${"[".repeat(900)}${"]".repeat(900)}}`, json),
    ],
    [404, "gru_global, sasrec", post({ courses: ["dance"], top: 1, model: "constructor" })],
    [404, "/recommend", new Request("http://localhost/toString")],
    [405, "wanted: POST", new Request("http://localhost/recommend")],
    [405, "wanted: GET, HEAD", new Request("http://localhost/models", { method: "DELETE" })],
    [413, `larger than ${LIMITS.maxBody}`, post({ courses: [long], top: 1 })],
    [400, "5 sessions", post({ sessions: Array(5).fill(["dance"]), top: 1 })],
    [415, "text/plain", post({ courses: ["dance"] }, { "content-type": "text/plain" })],
    [
      415,
      "application/json; charset=latin1",
      post({}, { "content-type": "application/json; charset=latin1" }),
    ],
    [415, "gzip", post({}, { ...json, "content-encoding": "gzip" })],
    [422, '"danec"', post({ courses: ["danec"], top: 1 })],
    [422, 'perhaps "dance"', post({ courses: ["danec"], top: 1 })],
    [422, "sessions[1]", post({ sessions: [["dance"], []], top: 1 })],
  ];
  const { handler, errors } = serviceOf();
  for (const [status, part, request] of cases) {
    const response = await handler.handle(request);
    const { error } = await response.json();
    assertEquals([response.status, error.status, response.headers.get("content-type")], [
      status,
      status,
      "application/json",
    ], part);
    assertStringIncludes(error.message, part);
    if (status === 405) assertEquals(response.headers.get("allow"), part.slice("wanted: ".length));
  }
  assertEquals(errors, []);
});

Deno.test("a body without a length is cut off at the limit", async () => {
  const { handler } = serviceOf();
  const json = { "content-type": "application/json" };
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(500)),
  });
  assertEquals((await handler.handle(post(endless, json))).status, 413);
  const stuck = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"courses"')),
  });
  assertEquals((await handler.handle(post(stuck, json))).status, 408);
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  assertEquals((await handler.handle(post(broken, json))).status, 400);
});

Deno.test("too many waiting sessions are turned away, and let in again afterwards", async () => {
  const gate = Promise.withResolvers<void>();
  const { handler } = serviceOf(async (asks) => {
    await gate.promise;
    return asks.map(() => []);
  });
  const ask = (count: number) =>
    handler.handle(post({ sessions: Array(count).fill(["dance"]), top: 1 }));
  const waiting = [ask(4), ask(2)];
  await new Promise((resolve) => setTimeout(resolve, 10));
  const refused = await ask(1);
  assertEquals([refused.status, refused.headers.get("retry-after")], [503, "1"]);
  gate.resolve();
  assertEquals((await Promise.all(waiting)).map(({ status }) => status), [200, 200]);
  assertEquals((await ask(1)).status, 200);
});

Deno.test("a defect is 500 without its details, and is reported", async () => {
  const { handler, errors } = serviceOf(() => Promise.reject(new TypeError("secret")));
  const response = await handler.handle(post({ courses: ["dance"], top: 1 }));
  const text = await response.text();
  assertEquals([response.status, text.includes("secret"), errors.length], [500, false, 1]);
  assertEquals((await handler.handle(new Request("http://localhost/healthz"))).status, 200);
});

Deno.test("models, health and description; HEAD as GET without a body", async () => {
  const { handler } = serviceOf();
  const get = (path: string, method = "GET") =>
    handler.handle(new Request(`http://localhost${path}`, { method }));
  const models = await (await get("/models")).json();
  assertEquals([models.default, models.models[1]], ["gru_global", {
    name: "sasrec",
    architecture: "gru",
    device: "none",
    n_courses: 4,
  }]);
  assertEquals(await (await get("/healthz")).json(), { status: "ok" });
  const head = await get("/healthz", "HEAD");
  assertEquals([head.status, await head.text()], [200, ""]);
  handler.stopping();
  assertEquals((await get("/healthz")).status, 503);
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
