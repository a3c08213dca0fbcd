/** A toy baseline, passed to every job beside the others: no other file of the project knows it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { baseline, fittedAtOnce, plainScorer } from "../../lib/baselines/baseline.ts";
import { modelFileReader, plainModelBytes } from "../../lib/baselines/model_files.ts";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { integer } from "../../lib/settings/settings.ts";
import { tinyFolder, writeFolder } from "../dataset/tiny.ts";
import { programs } from "../jobs/job.ts";
import { post } from "../serve/service.ts";

/** Recommends the course that comes `step` ids after the last one. */
const TOY = baseline({
  name: "toy",
  title: "The course after the last one",
  family: "rules",
  source: "this test",
  differs: "nothing",
  byDefault: false,
  config: { step: integer("courses to go on", 1, 1, 6) },
  architecture: "toy",
  extension: "json",
  fit: ({ nItems }, { step }) => fittedAtOnce({ architecture: "toy", nItems, step }),
  scorer: ({ nItems, step }: { nItems: number; step: number }) =>
    plainScorer({
      nItems,
      score: (queries) => {
        const scores = new Float64Array(queries.length * nItems);
        queries.forEach(({ prefix }, row) => {
          scores[row * nItems + (prefix[prefix.length - 1] + step) % nItems] = 1;
        });
        return scores;
      },
    }),
  encode: plainModelBytes,
  decode: (bytes, path) => {
    const { count } = modelFileReader("toy", bytes, path);
    return { architecture: "toy", nItems: count("nItems", 1e6), step: count("step", 6) };
  },
  itemsOf: ({ nItems }: { nItems: number }) => nItems,
});

Deno.test("a toy goes from data to page, recommendation and server, and resumes", async () => {
  const data = await writeFolder(tinyFolder());
  const { out, run, recommend, serve } = await programs([...BASELINES, TOY], data);
  const args = "--k 1 --q 2 --models toy,gru_global --toy.step 2 --epochs 1 --device tfjs-cpu";
  assert("stopped" in await run(args, 2), "inside the GRU");
  const end = await run(`${args} --resume latest`);
  assert("finished" in end);
  const page = await Deno.readTextFile(`${out}/${end.finished.outDir}/report.html`);
  assertStringIncludes(page, "toy");
  const { sessions: [{ recommendations }] } = await recommend(
    "--model",
    "toy",
    "--courses",
    "course 3",
  );
  assertEquals(recommendations[0].course, "course 5");
  const answer = await (await serve(post({ model: "toy", courses: ["course 1"] }))).json();
  assertEquals(answer.recommendations[0].course, "course 3");
});
