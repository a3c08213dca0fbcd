import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { chooseEngine } from "../../../lib/engine/device.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { catalogueOf, idsOf } from "../../../lib/jobs/recommend/catalogue.ts";
import { recommendRow } from "../../../lib/jobs/recommend/recommend.ts";
import { openRecommender, type Recommender } from "../../../lib/jobs/recommend/recommender.ts";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { openSavedModels } from "../../../lib/jobs/models.ts";
import { makeTinyRun, tinyRun } from "./tiny_run.ts";

async function open(name: string): Promise<Recommender> {
  const { out } = await tinyRun();
  const { run, read } = await openSavedModels(out, "latest", BASELINES);
  return await openRecommender(
    await read(name),
    catalogueOf(run.courses),
    await chooseEngine("tfjs-cpu"),
  );
}

Deno.test("scores become names: best first, ties by id, seen courses left out", () => {
  const catalogue = catalogueOf(["a", "b", "c", "d"]);
  const scores = Float32Array.of(9, 9, 9, 9, 0, Math.log(2), Math.log(2), Math.log(3));
  const ask = { session: Int32Array.of(3), top: 3, excludeSeen: false };
  assertEquals(recommendRow(scores, 1, catalogue, ask, false).map(({ course }) => course), [
    "d",
    "b",
    "c",
  ]);
  const unseen = recommendRow(scores, 1, catalogue, { ...ask, excludeSeen: true, top: 10 }, true);
  assertEquals(unseen.map(({ course }) => course), ["b", "c", "a"]);
  const wanted = [2 / 8, 2 / 8, 1 / 8]; // the excluded course keeps its share of 3/8
  unseen.forEach(({ probability }, i) => assertAlmostEquals(probability!, wanted[i], 1e-7));
});

Deno.test("recommendations equal the run's own samples, model by model", async () => {
  const { out, outDir } = await tinyRun();
  const { sanity_samples: { queries } } = JSON.parse(
    await Deno.readTextFile(`${out}/${outDir}/report.json`),
  );
  for (const name of ["popularity", "gru_global", "sasrec", "sessionknn", "markov", "vsknn"]) {
    const recommender = await open(name);
    const asks = queries.map(({ prefix }: { prefix: string[] }) => ({
      session: idsOf(recommender.catalogue, prefix, "testing"),
      top: 5,
      excludeSeen: false,
    }));
    const answers = await recommender.recommend(asks);
    answers.forEach((answer, i) =>
      assertEquals(answer.map(({ course }) => course), queries[i].top5[name], `${name}, query ${i}`)
    );
    recommender.dispose();
  }
});

Deno.test("a session's answer does not depend on what is asked beside it", async () => {
  for (const name of ["random", "sessionknn", "gru_global", "sequential_rules", "vsknn"]) {
    const recommender = await open(name);
    const ask = (...session: number[]) => ({
      session: Int32Array.from(session),
      top: 7,
      excludeSeen: false,
    });
    const [alone] = await recommender.recommend([ask(1, 3)]);
    const together = await recommender.recommend([ask(2), ask(1, 3), ask(6, 5, 4)]);
    assertEquals(together[1].map(({ course }) => course), alone.map(({ course }) => course), name);
    together[1].forEach(({ score }, i) => assertAlmostEquals(score, alone[i].score, 1e-5, name));
    recommender.dispose();
  }
});

Deno.test("a session longer than the model's window is answered by its last courses", async () => {
  const recommender = await open("gru_global");
  const long = Int32Array.from({ length: 80 }, (_, i) => i % 7);
  const [all, last] = await recommender.recommend(
    [long, long.subarray(30)].map((session) => ({ session, top: 7, excludeSeen: false })),
  );
  assertEquals(all, last);
  recommender.dispose();
});

Deno.test("an unknown course is an error that names the nearest, an empty session one too", () => {
  const catalogue = catalogueOf(["algebra 1", "algebra 2", "biology"]);
  const { message } = assertThrows(
    () => idsOf(catalogue, ["biology", "algebra 3"], "reading --courses"),
    InputError,
  );
  for (const part of ["reading --courses", '"algebra 3"', '"algebra 1", "algebra 2"']) {
    assertStringIncludes(message, part);
  }
  assert(!message.includes("biology"));
  assertThrows(() => idsOf(catalogue, ["zzzzzzzzzz"], "testing"), InputError, "none is near");
  assertThrows(() => idsOf(catalogue, [], "testing"), InputError, "at least one");
});

Deno.test("damaged models, unknown models and unknown runs are refused", async () => {
  const { out, outDir } = await makeTinyRun("--models", "popularity,gru_global");
  const run = await openSavedModels(out, "latest", BASELINES);
  assertEquals(run.names, ["popularity", "gru_global"]);
  const path = `${out}/${outDir}/models/gru_global.safetensors`;
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - 1] ^= 1;
  await Deno.writeFile(path, bytes);
  assertStringIncludes(
    (await assertRejects(() => run.read("gru_global"), InputError)).message,
    "changed after the run",
  );
  await assertRejects(() => run.read("gru"), InputError, "popularity, gru_global");
  await assertRejects(
    () => openSavedModels(out, "20200101_000000", BASELINES),
    InputError,
    "20200101_000000",
  );
});
