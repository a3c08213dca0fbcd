/** Answers for a learner whose earlier sessions are known. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { fingerprintOf } from "../../../lib/files/fingerprint.ts";
import { FEWSHOT_COMMAND } from "../../../lib/jobs/fewshot/config.ts";
import { runFewshot } from "../../../lib/jobs/fewshot/run.ts";
import { RECOMMEND_COMMAND } from "../../../lib/jobs/recommend/config.ts";
import { HISTORY_METHODS } from "../../../lib/jobs/recommend/history.ts";
import { recommendSessions } from "../../../lib/jobs/recommend/job.ts";
import { SERVE_COMMAND } from "../../../lib/serve/config.ts";
import { openService } from "../../../lib/serve/service.ts";
import { post } from "../../serve/service.ts";
import { jobOf } from "../job.ts";
import { recorder } from "../recorder.ts";
import { makeTinyRun } from "./tiny_run.ts";

/** Knobs of each method; the cache's values are the highest. */
const CHOSEN = {
  support_counts: { weight: 0.5, decay: 1, counted: "labels" },
  support_cache: { weight: 0.3, sharpness: 5 },
  fine_tune_head: { optimizer: "sgd", rate: 0.3, steps: 5 },
} as const;

const OPTIONS = ["--device", "wasm", "--threads", "1"];

/** A few-shot run of the newest run's GRU; the folder of its documents. */
async function fewshotRun(out: string, methods: string): Promise<string> {
  const line = ["--out", out, "--methods", methods, ...OPTIONS];
  const { values } = parseFlags(FEWSHOT_COMMAND, line);
  const end = await runFewshot(await jobOf(values, recorder().terminal));
  assert("finished" in end);
  return end.finished.outDir;
}

/**
 * A run with a few-shot run of its GRU in which every method was chosen, and a newer one that did
 * not try them.
 */
async function adaptedRun(): Promise<string> {
  const { out } = await makeTinyRun("--models", "gru_global,popularity,markov");
  const outDir = await fewshotRun(out, HISTORY_METHODS.join());
  await fewshotRun(out, "support_rules");
  // the tiny data need no adaptation: what was chosen is put in their documents
  await rewrite(out, outDir, "results.json", (results) => {
    for (const [name, chosen] of Object.entries(CHOSEN)) results.methods[name].chosen = chosen;
  });
  await rewrite(out, outDir, "selection.json", (selection) => {
    selection.methods.support_cache[1].value = 1;
  });
  return out;
}

/** Changes a document of a run and its fingerprint. */
async function rewrite(
  out: string,
  outDir: string,
  name: string,
  // deno-lint-ignore no-explicit-any -- a document's JSON
  change: (document: any) => void,
): Promise<void> {
  const path = `${outDir}/${name}`;
  const document = JSON.parse(await Deno.readTextFile(`${out}/${path}`));
  change(document);
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  await Deno.writeFile(`${out}/${path}`, bytes);
  const manifestPath = `${out}/${outDir}/manifest.json`;
  const manifest = JSON.parse(await Deno.readTextFile(manifestPath));
  const at = manifest.artifacts.findIndex((artifact: { path: string }) => artifact.path === path);
  manifest.artifacts[at] = await fingerprintOf(path, bytes);
  await Deno.writeTextFile(manifestPath, JSON.stringify(manifest));
}

let made: Promise<string> | undefined;
const shared = () => made ??= adaptedRun();

async function recommend(out: string, ...line: string[]) {
  return await recommendTo(recorder().terminal, out, "course 1", ...line);
}

async function recommendTo(
  terminal: ReturnType<typeof recorder>["terminal"],
  out: string,
  courses: string,
  ...line: string[]
) {
  const flags = [...OPTIONS, "--out", out, "--courses", courses, "--top", "7", ...line];
  const { values } = parseFlags(RECOMMEND_COMMAND, flags);
  return await recommendSessions(await jobOf(values, terminal));
}

/** A file of sessions. */
async function fileOf(rows: readonly (readonly [string, string])[]): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".csv" });
  const lines = rows.map(([session, course]) => `${session},${course}`);
  await Deno.writeTextFile(path, ["session,course", ...lines].join("\n"));
  return path;
}

const ADA: readonly (readonly [string, string])[] = [
  ["one", "course 2"],
  ["one", "course 5"],
  ["two", "course 6"],
  ["two", "course 5"],
];

Deno.test("a history is used by the best method of validation, or by a named one", async () => {
  const out = await shared();
  const history = await fileOf(ADA);
  const plain = await recommend(out);
  assertEquals(plain.method, undefined);
  const best = await recommend(out, "--history", history);
  assertEquals(best.method, "support_cache");
  const counts = await recommend(out, "--history", history, "--method", "support_counts");
  // K = 1: the last pair alone, whose label is course 5
  const chanceOf = Object.fromEntries(
    plain.sessions[0].recommendations.map(({ course, probability }) => [course, probability!]),
  );
  for (const { course, score } of counts.sessions[0].recommendations) {
    const share = course === "course 5" ? 1 : 0;
    assertAlmostEquals(score, 0.5 * chanceOf[course] + 0.5 * share, 1e-6, course);
  }
  // in the state in which they are asked, so that the gradient cannot turn against the label
  const same = await fileOf([["one", "course 1"], ["one", "course 5"]]);
  const tuned = await recommend(out, "--history", same, "--method", "fine_tune_head");
  const scoreOf = ({ sessions }: typeof tuned, course: string) =>
    sessions[0].recommendations.find((one) => one.course === course)!.score;
  assert(scoreOf(tuned, "course 5") > scoreOf(plain, "course 5") + 0.1);
});

Deno.test("a history without a pair changes nothing", async () => {
  const out = await shared();
  const plain = await recommend(out);
  const single = await recommend(out, "--history", await fileOf([["one", "course 4"]]));
  assertEquals(single.sessions, plain.sessions);
  assertEquals(single.method, undefined);
});

Deno.test("a session without a course is popularity's, whatever the history", async () => {
  const out = await shared();
  const { terminal, text } = recorder();
  const { method, sessions } = await recommendTo(
    terminal,
    out,
    "",
    ...["--history", await fileOf(ADA)],
  );
  assertEquals([method, sessions[0].fallback], [undefined, "popularity"]);
  assertStringIncludes(text(), "it needs a course of the current session");
});

Deno.test("a history's unknown courses are refused, or left out and named", async () => {
  const out = await shared();
  const history = await fileOf([...ADA, ["two", "course 99"], ["two", "course 98"]]);
  await assertRejects(
    () => recommend(out, "--history", history),
    InputError,
    `reading session two of ${history}: the course "course 99"`,
  );
  const skipping = await recommend(out, "--history", history, "--on-unknown", "skip");
  const known = await recommend(out, "--history", await fileOf(ADA));
  const [{ unknown, ...answer }] = skipping.sessions;
  assertEquals(unknown, ["course 99", "course 98"]);
  assertEquals([skipping.method, answer], [known.method, known.sessions[0]]);
});

Deno.test("what no few-shot run tried is said to be untried, with what to try", async () => {
  const { out, runTag } = await makeTinyRun("--models", "gru_global,markov");
  const history = await fileOf(ADA);
  await fewshotRun(out, "support_rules");
  const untried = await assertRejects(() => recommend(out, "--history", history), InputError);
  assertStringIncludes(untried.message, "has tried support_counts, support_cache, fine_tune_head");
  const methods = "support_counts,support_cache,fine_tune_head";
  assertStringIncludes(
    untried.message,
    `Try: deno task fewshot --run ${runTag} --base gru_global --methods ${methods} --out ${out}`,
  );
  await assertRejects(
    () => recommend(out, "--history", history, "--model", "markov"),
    InputError,
    "While using a learner's history with markov: markov is no network, and few-shot runs adapt " +
      "networks alone. Expected: one of the run's networks: gru_global. Try: --model gru_global.",
  );
});

Deno.test("a method alone is refused, and a run without a few-shot run", async () => {
  const out = await shared();
  const history = await fileOf(ADA);
  await assertRejects(
    () => recommend(out, "--method", "support_counts"),
    InputError,
    "--method without --history",
  );
  const { out: bare } = await makeTinyRun("--models", "gru_global");
  await assertRejects(
    () => recommend(bare, "--history", history),
    InputError,
    "Try: deno task fewshot --run",
  );
  const { values } = parseFlags(SERVE_COMMAND, [...OPTIONS, "--out", bare]);
  const service = await openService(await jobOf(values, recorder().terminal));
  const question = { courses: ["course 1"], history: [["course 2", "course 5"]] };
  const { error } = await (await service.handler.handle(post(question))).json();
  assertStringIncludes(
    error.message,
    'Try: a question without "history", or whoever runs the server: deno task fewshot --run',
  );
  service.dispose();
});

Deno.test("the server takes a history and keeps nothing of one learner for the next", async () => {
  const out = await shared();
  const { values } = parseFlags(SERVE_COMMAND, [...OPTIONS, "--out", out]);
  const open = async () => await openService(await jobOf(values, recorder().terminal));
  const service = await open();
  const ask = async (body: Record<string, unknown>, of = service) => {
    const response = await of.handler.handle(post({ courses: ["course 1"], top: 7, ...body }));
    return { status: response.status, ...await response.json() };
  };
  const ada = [["course 2", "course 5"], ["course 6", "course 5"]];
  const bob = [["course 3", "course 0"]];
  const first = await ask({});
  const fresh: unknown[] = [];
  for (const method of HISTORY_METHODS) {
    const another = await open();
    fresh.push(await ask({ history: bob, method }, another));
    another.dispose();
  }
  const alone = await ask({ history: ada });
  assertEquals([alone.status, alone.method], [200, "support_cache"]);
  // at once, and after one another: nobody hears of the other
  const together = await Promise.all([
    ...HISTORY_METHODS.map((method) => ask({ history: ada, method })),
    ...HISTORY_METHODS.map((method) => ask({ history: bob, method })),
    ask({}),
  ]);
  assertEquals(together.slice(3, 6), fresh);
  assertEquals(together[6], first);
  assertEquals(await ask({}), first);
  assert(JSON.stringify(together[0]) !== JSON.stringify(together[3]));

  const refused = await ask({ history: ada, model: "popularity" });
  assertEquals(refused.status, 400);
  assertStringIncludes(
    refused.error.message,
    "While using a learner's history with popularity: popularity is no network, and few-shot " +
      "runs adapt networks alone. Expected: one of the run's networks: gru_global. " +
      'Try: "model": "gru_global", which uses a history by support_cache, ',
  );
  const unknown = await ask({ history: [["course 99", "course 1"]] });
  assertEquals(unknown.status, 422);
  assert(unknown.error.message.includes("reading history[0]"), unknown.error.message);
  const skipped = await ask({
    courses: ["course 98", "course 1"],
    history: [...ada, ["course 99", "course 98"]],
    on_unknown: "skip",
  });
  assertEquals([skipped.status, skipped.unknown], [200, ["course 98", "course 99"]]);
  for (const history of [[], [[]], [["course 4"]]]) {
    assertEquals(await ask({ history }), first);
  }
  const empty = await ask({ courses: [], history: ada });
  assertEquals([empty.status, empty.fallback, empty.method], [200, "popularity", undefined]);
  const nameless = await ask({ history: ada, method: "maml" });
  assertStringIncludes(
    nameless.error.message,
    'the method "maml", which the model\'s few-shot run did not choose. ' +
      'Expected: "method" one of support_cache, ',
  );
  service.dispose();
});
