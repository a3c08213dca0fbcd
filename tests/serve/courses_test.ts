import { assertEquals, assertStringIncludes } from "@std/assert";
import { get, post, serviceOf } from "./service.ts";

Deno.test("courses in pages, and those near a name", async () => {
  const names = Array.from({ length: 2500 }, (_, i) => `made-up:Course-${i}`);
  const { handler } = serviceOf(undefined, {}, { courses: names });
  const ask = async (query: string) => (await handler.handle(get(`/courses${query}`))).json();
  assertEquals(await ask("?from=2&count=3"), {
    run_tag: "20260130_075435",
    n_courses: 2500,
    from: 2,
    courses: names.slice(2, 5),
  });
  assertEquals((await ask("")).courses, names.slice(0, 1000));
  assertEquals((await ask("?from=2400")).courses, names.slice(2400));
  assertEquals((await ask("?from=9999")).courses, []);
  assertEquals((await ask("?like=Course-2345&count=1")).courses, ["made-up:Course-2345"]);
  assertEquals((await ask("?like=zzz")).courses, []);
  const bad = ["?from=-1", "?from=x", "?from=1.5", "?count=0", "?count=10001", "?like="];
  for (const query of [...bad, "?other=1", "?from=1&from=2", "?count=", "?from=1e3"]) {
    const response = await handler.handle(get(`/courses${query}`));
    assertEquals(response.status, 400, query);
    await response.body?.cancel();
  }
});

Deno.test("near names are looked for in turns: others are answered between two", async () => {
  const { handler, catalogue } = serviceOf();
  let searches = 0;
  const index = catalogue.names();
  Object.assign(catalogue, {
    names: () => ({
      nearest: (name: string, few: number) => {
        searches++;
        for (const begin = performance.now(); performance.now() - begin < 20;);
        return index.nearest(name, few);
      },
    }),
  });
  const unknown = Array.from({ length: 40 }, () => handler.handle(post({ courses: ["danec"] })));
  await new Promise((resolve) => setTimeout(resolve, 5));
  const before = searches;
  assertEquals((await handler.handle(get("/healthz"))).status, 200);
  assertEquals(searches - before <= 1, true, `${searches - before} searches before the answer`);
  const answers = await Promise.all(unknown);
  assertEquals(answers.map(({ status }) => status), Array(40).fill(422));
  // who comes when too many wait is told without a search
  assertEquals(searches, 32);
  assertStringIncludes(await answers[39].text(), "GET /courses");
});
