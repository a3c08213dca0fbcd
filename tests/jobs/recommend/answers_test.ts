/** What recommend answers where a session says nothing; which model answers where none is named. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { RECOMMEND_COMMAND } from "../../../lib/jobs/recommend/config.ts";
import { answersNotes, answersTable, recommendSessions } from "../../../lib/jobs/recommend/job.ts";
import { SERVE_COMMAND } from "../../../lib/serve/config.ts";
import { openService } from "../../../lib/serve/service.ts";
import { jobOf } from "../job.ts";
import { recorder } from "../recorder.ts";
import { makeTinyRun } from "./tiny_run.ts";

async function recommend(out: string, ...flags: string[]) {
  const line = ["--out", out, "--device", "tfjs-cpu", "--top", "2", ...flags];
  const { values } = parseFlags(RECOMMEND_COMMAND, line);
  return await recommendSessions(await jobOf(values, recorder().terminal));
}

/** The model that `serve` takes where none is named. */
async function servedBy(out: string): Promise<string> {
  const { values } = parseFlags(SERVE_COMMAND, ["--out", out, "--device", "tfjs-cpu"]);
  const service = await openService(await jobOf(values, recorder().terminal));
  const response = await service.handler.handle(new Request("http://localhost/models"));
  service.dispose();
  return (await response.json()).default;
}

Deno.test("a session that says nothing is answered by popularity, and says so", async () => {
  const { out } = await makeTinyRun("--models", "popularity,gru_global");
  const popular = await recommend(out, "--courses", "course 1", "--model", "popularity");
  const best = popular.sessions[0].recommendations;
  assertEquals("fallback" in popular.sessions[0], false);
  for (
    const flags of [["--courses", ""], ["--courses", "[]"], ["--courses=x", "--on-unknown=skip"]]
  ) {
    const { model, sessions: [answer] } = await recommend(out, ...flags);
    assertEquals([model, answer.fallback, answer.recommendations], [
      "gru_global",
      "popularity",
      best,
    ]);
  }
  const folder = await Deno.makeTempDir();
  const input = `${folder}/sessions.csv`;
  await Deno.writeTextFile(input, "session,course\na,course 1\na,x\nb,\nc,course 2\na,y\n");
  const answers = await recommend(out, "--input", input, "--on-unknown", "skip");
  assertEquals(
    answers.sessions.map(({ session, fallback, unknown }) => [session, fallback, unknown]),
    [
      ["a", undefined, ["x", "y"]],
      ["b", "popularity", undefined],
      ["c", undefined, undefined],
    ],
  );
  const [alone] = (await recommend(out, "--courses", "course 1")).sessions;
  assertEquals(answers.sessions[0].recommendations, alone.recommendations);
  assertStringIncludes(answersTable(answers, true), "course");
  assertEquals(answersNotes(answers, true).slice(0, 2), [
    'session a: left out, because the model does not know: "x", "y"',
    "session b: no known course: answered by popularity",
  ]);
  const { message } = await assertRejects(
    () => recommend(out, "--input", input, "--on-unknown", "error"),
    InputError,
  );
  for (const part of ["session a", '"x"']) assertStringIncludes(message, part);
});

Deno.test("without popularity a session that says nothing costs no other its answer", async () => {
  const { out } = await makeTinyRun("--models", "sessionknn");
  const input = `${await Deno.makeTempDir()}/sessions.csv`;
  await Deno.writeTextFile(input, "session,course\na,course 1\na,\nb,x\nc,course 2\n");
  const answers = await recommend(out, "--input", input);
  assertEquals(
    answers.sessions.map(({ session, fallback, unknown, recommendations }) => [
      session,
      fallback,
      unknown,
      recommendations.length,
    ]),
    [["a", undefined, undefined, 2], ["b", undefined, ["x"], 0], ["c", undefined, undefined, 2]],
  );
  assertEquals(answersNotes(answers, true), [
    "session a: no course on line 3: left out",
    'session b: left out, because the model does not know: "x"',
    "session b: no known course, and the run has no popularity: not answered",
    "unknown courses left out: 1, of 1 of 3 sessions",
  ]);
  await Deno.writeTextFile(input, "session,course\nb,x\n");
  const { message } = await assertRejects(() => recommend(out, "--input", input), InputError);
  for (const part of ["session b", "a model popularity"]) assertStringIncludes(message, part);
});

Deno.test("without --model recommend takes the model that serve takes", async () => {
  for (
    const [models, wanted] of [
      ["sessionknn,popularity", "sessionknn"],
      ["popularity,gru_global", "gru_global"],
      ["random", "random"],
    ]
  ) {
    const { out } = await makeTinyRun("--models", models);
    assertEquals([(await recommend(out, "--courses", "course 1")).model, await servedBy(out)], [
      wanted,
      wanted,
    ]);
    if (models.includes("popularity")) continue;
    const { message } = await assertRejects(() => recommend(out, "--courses", ""), InputError);
    assert(message.includes("a model popularity"), message);
  }
});
