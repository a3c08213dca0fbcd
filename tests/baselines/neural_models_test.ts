/** Every neural baseline of the registry, from training over a stop to an answer. */
import { assert, assertEquals } from "@std/assert";
import type { FittedNetwork } from "../../lib/baselines/neural.ts";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { architectureOf, parameterSpecs } from "../../lib/models/neural.ts";
import { initialise } from "../../lib/models/parameters.ts";
import { tinyFolder, writeFolder } from "../dataset/tiny.ts";
import { programs } from "../jobs/job.ts";
import { post } from "../serve/service.ts";

const NEURAL = BASELINES.filter(({ family }) => family === "neural");
const SEED = 3;
/** Small networks on a device that every machine has. */
const ARGS = [
  `--k 1 --q 2 --epochs 2 --batch-size 16 --device tfjs-cpu --seed ${SEED}`,
  `--models ${NEURAL.map(({ name }) => name).join(",")}`,
  ...NEURAL.map(({ name }) => `--${name}.hidden-dim 8`),
].join(" ");

Deno.test("stopped and resumed, every neural model has the same bytes, and answers", async () => {
  const data = await writeFolder(tinyFolder());
  const whole = await programs(BASELINES, data);
  assert("finished" in await whole.run(ARGS));
  const parts = await programs(BASELINES, data);
  let end = await parts.run(ARGS, 3);
  let resumes = 0;
  while ("stopped" in end) {
    assert(++resumes < 60, "the run never ends");
    end = await parts.run(`${ARGS} --resume latest`, 3 + 2 * resumes); // evaluation asks, too
  }
  assert(resumes >= 3, `${resumes} resumes`);
  for (const baseline of NEURAL) {
    const { name } = baseline;
    const path = `models/baselines/${name}.safetensors`;
    const bytes = await Deno.readFile(`${whole.out}/${path}`);
    assertEquals(await Deno.readFile(`${parts.out}/${path}`), bytes, name);
    padding(name, baseline.decode(bytes, path) as FittedNetwork);

    const courses = ["course 0", "course 2"];
    const answer = await (await whole.serve(post({ model: name, courses }))).json();
    assertEquals(answer.recommendations.length > 0, true, name);
    const args = ["--model", name, "--courses", courses.join(",")];
    const { sessions: [{ recommendations }] } = await whole.recommend(...args);
    assertEquals(
      recommendations.slice(0, 3).map(({ course }) => course),
      answer.recommendations.slice(0, 3).map(({ course }: { course: string }) => course),
      name,
    );
  }
});

/** The padding row is zero; course 0 has learnt where the row is not its own. */
function padding(name: string, { model, parameters }: FittedNetwork): void {
  const architecture = architectureOf(model);
  const { data, shape: [, width] } = parameters[architecture.itemTable];
  const row = (values: Float32Array, i: number) => values.subarray(i * width, (i + 1) * width);
  const paddingRow = architecture.paddingRow(model);
  assertEquals(row(data, paddingRow), new Float32Array(width), `padding of ${name}`);
  if (paddingRow === 0) return;
  assertEquals(paddingRow, model.nItems);
  const fresh = initialise(parameterSpecs(model), SEED)[architecture.itemTable].data;
  row(data, 0).forEach((value, j) => assert(value !== row(fresh, 0)[j], `${name} learns course 0`));
}
