import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { get, LIMITS, post, serviceOf } from "./service.ts";

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

Deno.test("models fitted on synthetic data say so in answers and in the description", async () => {
  const origin = { synthetic: true, preset: "demo", seed: 7, process_version: "learners-1" };
  const { handler } = serviceOf(undefined, {}, { origin });
  const asked = [post({ courses: ["dance"] }), post({ sessions: [["dance"]] })];
  for (const request of [...asked, get("/courses"), get("/models")]) {
    assertEquals((await (await handler.handle(request)).json()).data, origin, request.url);
  }
  const { info, components } = await (await handler.handle(get("/openapi.json"))).json();
  assertStringIncludes(info.description, "SYNTHETIC DATA: preset demo, seed 7");
  for (const name of ["OneAnswer", "ManyAnswers", "Courses", "Models"]) {
    const { properties, required } = components.schemas[name];
    assertEquals(properties.data.properties.seed, { const: 7 }, name);
    assertEquals(required.includes("data"), true, name);
  }
  const real = serviceOf(undefined, {}, { origin: { synthetic: false } }).handler;
  const answer = await (await real.handle(post({ courses: ["dance"] }))).json();
  assertEquals("data" in answer, false);
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
    [405, "expected: POST", new Request("http://localhost/recommend")],
    [405, "expected: GET, HEAD", new Request("http://localhost/models", { method: "DELETE" })],
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
    [422, "GET /courses lists every course", post({ courses: ["danec"], top: 1 })],
    [422, "sessions[1]", post({ sessions: [["dance"], ["danec"]], top: 1 })],
    [400, "on_unknown is", post({ courses: ["dance"], on_unknown: "ignore" })],
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
    if (status === 405) {
      assertEquals(response.headers.get("allow"), part.slice("expected: ".length));
    }
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

Deno.test("a session without a known course is answered by popularity, and says so", async () => {
  const { handler } = serviceOf();
  const ask = async (body: unknown) => {
    const response = await handler.handle(post(body));
    return { status: response.status, ...await response.json() };
  };
  const popular = [{ course: "dance", score: 0.5 }];
  const header = { status: 200, run_tag: "20260130_075435", model: "gru_global" };
  assertEquals(await ask({ courses: [], top: 1 }), {
    ...header,
    recommendations: popular,
    fallback: "popularity",
  });
  assertEquals(await ask({ courses: ["x", "y", "x"], top: 1, on_unknown: "skip" }), {
    ...header,
    recommendations: popular,
    fallback: "popularity",
    unknown: ["x", "y"],
  });
  const known = [{ course: "algebra", score: 0 }];
  assertEquals(
    await ask({ sessions: [["dance", "x"], [], ["biology"]], top: 1, on_unknown: "skip" }),
    {
      ...header,
      sessions: [
        { recommendations: known, unknown: ["x"] },
        { recommendations: popular, fallback: "popularity" },
        { recommendations: known },
      ],
    },
  );
  const without = serviceOf(undefined, {}, { fallback: undefined }).handler;
  const refused = await without.handle(post({ courses: [] }));
  assertEquals(refused.status, 422);
  assertStringIncludes((await refused.json()).error.message, "a model popularity");
});

Deno.test("unknown names are left out of what the model is asked", async () => {
  const seen: number[][] = [];
  const { handler } = serviceOf((asks) => {
    seen.push(...asks.map(({ session }) => [...session]));
    return Promise.resolve(asks.map(() => []));
  });
  await handler.handle(
    post({ sessions: [["x", "dance", "y", "algebra"], ["z"]], on_unknown: "skip" }),
  );
  assertEquals(seen, [[3, 0]]);
});

Deno.test("names in answers command no terminal, and are what they are", async () => {
  const name = "a\u001b[2J\u009b31m\u202eb";
  const { handler } = serviceOf(undefined, {}, { courses: [name, "b"] });
  for (
    const request of [post({ courses: ["b"], top: 1 }), get("/courses"), post({ courses: ["ab"] })]
  ) {
    const text = await (await handler.handle(request)).text();
    // deno-lint-ignore no-control-regex -- control characters are what is looked for
    assertEquals(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(text), false, text);
  }
  const { courses } = await (await handler.handle(get("/courses"))).json();
  assertEquals(courses, [name, "b"]);
});

Deno.test("what was counted stands at /metrics, with few series", async () => {
  const { handler } = serviceOf();
  await handler.handle(post({ sessions: [["dance"], [], ["x"]], on_unknown: "skip" }));
  const response = await handler.handle(get("/metrics"));
  assertStringIncludes(response.headers.get("content-type")!, "text/plain; version=0.0.4");
  const text = await response.text();
  for (
    const line of [
      'coldstart_sessions_total{model="gru_global"} 1',
      'coldstart_sessions_total{model="popularity"} 2',
      "coldstart_unknown_courses_total 1",
    ]
  ) assertStringIncludes(text, `${line}\n`);
  for (const line of text.trim().split("\n")) {
    assertMatch(line, /^(|# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? [-+\d.eINaf]+)$/);
  }
});
