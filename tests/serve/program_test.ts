/** The server as a program: permissions, descriptors, tokens, its log, the runs it takes up. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { configOf, runJob } from "../jobs/job.ts";
import { makeTinyRun, TINY_FLAGS, tinyRun } from "../jobs/recommend/tiny_run.ts";
import { recorder } from "../jobs/recorder.ts";
import { connect, requestText, statusOf } from "./sockets.ts";
import { type Program, startProgram } from "./program.ts";

const WINDOWS = Deno.build.os === "windows";
const MODELS = ["--models", "popularity,gru_global"];

/** Ends a server and says how. */
async function endOf(program: Program): Promise<number> {
  program.kill("SIGTERM");
  return (await program.end).code;
}

async function jsonOf(url: string, init?: RequestInit) {
  return await (await fetch(url, init)).json();
}

Deno.test({
  name: "more idle connections than descriptors: it lives, and says how many it takes",
  ignore: WINDOWS,
  async fn() {
    const { out } = await tinyRun();
    const program = await startProgram(["--out", out, ...MODELS], {
      reads: [out],
      descriptors: 200,
    });
    assertStringIncludes(program.complained(), "descriptors for");
    const crowd = await Promise.all(Array.from({ length: 300 }, async () => {
      const connection = await connect(program.port).catch(() => undefined);
      await connection?.send(requestText("GET /healthz HTTP/1.1")).catch(() => {});
      return connection;
    }));
    const fresh = await connect(program.port);
    await fresh.send(requestText("GET /readyz HTTP/1.1"));
    assertEquals(statusOf(await fresh.next()), 200);
    for (const connection of [...crowd, fresh]) connection?.close();
    assertEquals((await jsonOf(`${program.url}/readyz`)).status, "ready");
    assertEquals(await endOf(program), 0);
  },
});

Deno.test("a newer run is taken up without a lost request; on SIGHUP the same one", async () => {
  const first = await makeTinyRun("--models", "popularity,gru_global");
  const reads = [first.out];
  const program = await startProgram(["--out", first.out, "--reload-every", "0.1"], { reads });
  const tags = new Set<string>();
  const statuses = new Set<number>();
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const body = JSON.stringify({ courses: ["course 1"], top: 1 });
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${program.url}/recommend`, { method: "POST", body, headers });
      statuses.add(response.status);
      tags.add((await response.json()).run_tag);
    }
  })();
  const flags = [...TINY_FLAGS, "--models", "popularity,gru_global", "--seed", "5"];
  const config = configOf(...flags, "--out", first.out);
  const end = await runJob(config, first.data, recorder().terminal);
  assert("finished" in end);
  const { runTag } = end.finished;
  await program.until(`Run ${runTag} answers from now on`);
  while (!tags.has(runTag)) await new Promise((resolve) => setTimeout(resolve, 10));
  if (!WINDOWS) {
    const told = program.said().length;
    program.kill("SIGHUP");
    while (!program.said().slice(told).includes("answers from now on")) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  isOver = true;
  await asking;
  assertEquals([...statuses], [200]);
  assertEquals(tags, new Set([first.runTag, runTag]));
  assertEquals([await endOf(program), program.complained()], [0, ""]);
});

const SPY = `
const granted = async (descriptor) => (await Deno.permissions.query(descriptor)).state;
const timer = setInterval(async () => {
  if (await granted({ name: "net", host: "127.0.0.1" }) === "granted") return;
  clearInterval(timer);
  try {
    await Deno.connect({ hostname: "127.0.0.1", port: 9 });
  } catch (error) {
    console.log("SPY " + error.name);
  }
}, 20);
Deno.unrefTimer?.(timer);
`;

Deno.test("a token is asked for, each request is logged, the network is given back", async () => {
  const { out, runTag } = await tinyRun();
  const folder = await Deno.makeTempDir();
  const token = "0123456789abcdef0123456789abcdef";
  await Deno.writeTextFile(`${folder}/token`, `${token}\n`);
  await Deno.writeTextFile(`${folder}/spy.ts`, SPY);
  const program = await startProgram(
    ["--out", out, ...MODELS, "--token-file", `${folder}/token`, "--access-log", "--json"],
    { reads: [out, folder], flags: ["--preload", `${folder}/spy.ts`] },
  );
  await program.until("SPY NotCapable");
  const authorization = `Bearer ${token}`;
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${program.url}${path}`, { headers });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals([await ask("/models"), await ask("/models", { authorization })], [401, 200]);
  assertEquals([await ask("/readyz"), await ask(`/%1b[31m?a=${"x".repeat(400)}`)], [200, 401]);
  const body = JSON.stringify({ sessions: [["course 1"], []], top: 1 });
  const headers = { authorization, "content-type": "application/json" };
  const answer = await jsonOf(`${program.url}/recommend`, { method: "POST", body, headers });
  assertEquals(answer.sessions[1].fallback, "popularity");
  if (!WINDOWS) {
    await Deno.writeTextFile(`${folder}/token`, `${token}-new\n`);
    program.kill("SIGHUP");
    while (await ask("/models", { authorization: `${authorization}-new` }) !== 200);
    assertEquals(await ask("/models", { authorization }), 401);
  }
  assertEquals(await endOf(program), 0);
  const lines = program.said().trim().split("\n").filter((line) => !line.startsWith("SPY"));
  const [told, ...logged] = lines.map((line) => JSON.parse(line));
  assertEquals(told, {
    url: `http://127.0.0.1:${program.port}/`,
    run_tag: runTag,
    models: ["popularity", "gru_global"],
  });
  assertEquals(logged.slice(0, 5).map(({ method, status }) => `${method} ${status}`), [
    "GET 401",
    "GET 200",
    "GET 200",
    "GET 401",
    "POST 200",
  ]);
  const { time, client, ms, bytes, ...last } = logged[4];
  assertEquals(last, {
    method: "POST",
    path: "/recommend",
    status: 200,
    run_tag: runTag,
    model: "popularity",
    sessions: 2,
  });
  assert(!Number.isNaN(Date.parse(time)) && client === "127.0.0.1" && ms > 0 && bytes > 0);
  assert(logged[3].path.length <= 300 && !program.said().includes("course 1"));
  assertStringIncludes(program.complained(), "Listening on");
  await Deno.remove(folder, { recursive: true });
});
