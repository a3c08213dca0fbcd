/**
 * The server before tools that others wrote: Schemathesis with all its checks, and Prometheus's own
 * parser. They are Python's; `PYTHON` names one that has `schemathesis` and `prometheus_client`.
 */
import { cpuUsage } from "node:process";
import { assert, assertEquals } from "@std/assert";
import { connect, requestText, statusOf } from "../serve/sockets.ts";
import { startProgram } from "../serve/program.ts";
import { serviceOf } from "../serve/service.ts";
import { makeTinyRun } from "../jobs/recommend/tiny_run.ts";
import { startServer } from "../../lib/serve/server.ts";

const PYTHON = Deno.env.get("PYTHON") ?? "python3";

async function python(code: string, ...args: string[]) {
  const { success, stdout, stderr } = await new Deno.Command(PYTHON, {
    args: ["-c", code, ...args],
    stdout: "piped",
    stderr: "piped",
  }).output().catch(() => ({
    success: false,
    stdout: new Uint8Array(),
    stderr: new Uint8Array(),
  }));
  return { success, text: new TextDecoder().decode(success ? stdout : stderr) };
}

const HAS_TOOLS = (await python("import schemathesis, prometheus_client")).success;
if (!HAS_TOOLS) {
  console.warn(
    `!! ${PYTHON} has no schemathesis and prometheus_client (PYTHON names another): skipped`,
  );
}

const TOKEN = "0123456789abcdef0123456789abcdef";
const SEED = "20260107";

/** Schemathesis against a server; its report where it finds something. */
async function schemathesis(url: string, ...more: string[]): Promise<void> {
  const code = "import sys; from schemathesis.cli import schemathesis as st; st(sys.argv[1:])";
  const args = ["run", `${url}/openapi.json`, "--checks", "all", "--seed", SEED];
  const child = await new Deno.Command(PYTHON, {
    args: ["-c", code, ...args, "--max-examples", "60", "--no-color", ...more],
    cwd: await Deno.makeTempDir(),
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(child.stdout) + new TextDecoder().decode(child.stderr);
  assertEquals(child.code, 0, text);
  console.log(/Test cases:\n.*/.exec(text)?.[0].replace(/\s+/g, " "));
}

for (
  const [what, models, token] of [
    ["", "popularity,gru_global,sessionknn", false],
    [" that asks for a token", "popularity,gru_global", true],
    [" of a run without popularity", "gru_global", false],
  ] as const
) {
  Deno.test({
    name: `Schemathesis finds nothing in a server${what}`,
    ignore: !HAS_TOOLS,
    async fn() {
      const { out } = await makeTinyRun("--models", models);
      await Deno.writeTextFile(`${out}/token`, TOKEN);
      const program = await startProgram(
        ["--out", out, ...token ? ["--token-file", `${out}/token`] : []],
        { reads: [out] },
      );
      await schemathesis(
        program.url,
        ...token ? ["--header", `Authorization: Bearer ${TOKEN}`] : [],
      );
      program.kill("SIGTERM");
      assertEquals([(await program.end).code, program.complained()], [0, ""]);
    },
  });
}

const PARSE = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.argv[1]))
samples = lambda family: [[s.name, s.labels, s.value] for s in family.samples]
print(json.dumps({f.name: {"type": f.type, "samples": samples(f)} for f in families}))
`;

Deno.test({
  name: "Prometheus's parser reads /metrics, and the numbers are what was asked",
  ignore: !HAS_TOOLS,
  async fn() {
    const { out, runTag } = await makeTinyRun("--models", "popularity,gru_global");
    const program = await startProgram(["--out", out], { reads: [out] });
    const post = async (body: unknown) => {
      const headers = { "content-type": "application/json" };
      const init = { method: "POST", body: JSON.stringify(body), headers };
      await (await fetch(`${program.url}/recommend`, init)).body?.cancel();
    };
    for (let i = 0; i < 7; i++) await post({ courses: ["course 1"] });
    await post({ sessions: [["course 1", "x"], ["y"]], on_unknown: "skip" });
    await post({ courses: ["cuorse 1"] });
    const text = await (await fetch(`${program.url}/metrics`)).text();
    program.kill("SIGTERM");
    await program.end;
    const { success, text: parsed } = await python(PARSE, text);
    assert(success, parsed);
    const families: Record<string, { type: string; samples: [string, object, number][] }> = JSON
      .parse(parsed);
    const valueOf = (family: string, labels: object, name = family) =>
      families[family].samples.find(([own, had]) =>
        own === name && JSON.stringify(had) === JSON.stringify(labels)
      )?.[2];
    const answered = (status: string) =>
      valueOf(
        "coldstart_http_requests",
        { method: "POST", route: "/recommend", status },
        "coldstart_http_requests_total",
      );
    assertEquals([answered("200"), answered("422")], [8, 1]);
    const sessions = (model: string) =>
      valueOf("coldstart_sessions", { model }, "coldstart_sessions_total");
    assertEquals([sessions("gru_global"), sessions("popularity")], [8, 1]);
    assertEquals(families.coldstart_http_request_duration_seconds.type, "histogram");
    assertEquals(
      valueOf(
        "coldstart_http_request_duration_seconds",
        { route: "/recommend" },
        "coldstart_http_request_duration_seconds_count",
      ),
      9,
    );
    const [[, run, one]] = families.coldstart_run_info.samples;
    assertEquals([(run as { run_tag: string }).run_tag, one], [runTag, 1]);
    assert(families.process_resident_memory_bytes.samples[0][2] > 1e7);
  },
});

Deno.test("100,000 names: others wait under 50 ms while unknown ones are looked for", async () => {
  const courses = Array.from(
    { length: 100_000 },
    (_, id) =>
      `Introduction to the theory and practise of subject number ${
        String(id).padStart(6, "0")
      } (part I)`,
  );
  const { handler, catalogue } = serviceOf(undefined, {}, { courses });
  catalogue.names();
  const server = await startServer(handler, "127.0.0.1", 0);
  const unknown = JSON.stringify({ courses: [courses[1].replace("000001", "0xxxx1")], top: 1 });
  const worst: number[] = [];
  for (let round = 0; round < 5; round++) {
    const askers = [];
    for (let i = 0; i < 10; i++) askers.push(await connect(server.port));
    const other = await connect(server.port);
    const answers = askers.map(async (asker) => {
      await asker.send(requestText("POST /recommend HTTP/1.1", unknown));
      return statusOf(await asker.next());
    });
    let longest = 0;
    let isOver = false;
    const waiting = (async () => {
      while (!isOver) {
        const begin = cpuUsage(); // other programs' time does not count
        await other.send(requestText("GET /healthz HTTP/1.1"));
        await other.next();
        const { user, system } = cpuUsage(begin);
        longest = Math.max(longest, (user + system) / 1000);
      }
    })();
    assertEquals(await Promise.all(answers), Array(10).fill(422));
    isOver = true;
    await waiting;
    for (const connection of [...askers, other]) connection.close();
    worst.push(longest);
  }
  await server.stop(5);
  const shown = worst.map((ms) => ms.toFixed(1)).join(", ");
  console.log(`   the longest waits of the rounds: ${shown} ms of this process`);
  assert(Math.min(...worst) < 50, `${shown} ms`);
});
