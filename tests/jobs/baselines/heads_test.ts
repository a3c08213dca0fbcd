/** Tied networks and sampled losses through the programs. */
import { assert, assertEquals } from "@std/assert";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { decodeSafeTensors } from "../../../lib/files/safetensors.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { post } from "../../serve/service.ts";
import { programs } from "../job.ts";

const ARGS = "--k 1 --q 2 --epochs 2 --batch-size 16 --device tfjs-cpu " +
  "--models gru_global,gru_tied,sasrec_tied --gru_global.loss bce --gru_tied.loss bpr_max " +
  "--gru_tied.negatives 9 --sasrec_tied.loss gbce --checkpoint-every 0.001 " +
  "--gru_global.hidden-dim 8 --gru_global.embedding-dim 4 --gru_tied.hidden-dim 8 " +
  "--sasrec_tied.hidden-dim 8";

Deno.test("tied and sampled: stopped, resumed with the same bytes, asked, served", async () => {
  const data = await writeFolder(tinyFolder());
  const whole = await programs(BASELINES, data);
  assert("finished" in await whole.run(ARGS));
  const parts = await programs(BASELINES, data);
  let end = await parts.run(ARGS, 2);
  let stops = 0;
  for (; "stopped" in end; stops++) {
    assert(stops < 40, "the run never ends");
    end = await parts.run(`${ARGS} --resume latest`, 3 + stops);
  }
  assert(stops >= 2, `${stops} stops`);
  for (const name of ["gru_global", "gru_tied", "sasrec_tied"]) {
    const file = `models/baselines/${name}.safetensors`;
    const bytes = await Deno.readFile(`${whole.out}/${file}`);
    assertEquals(await Deno.readFile(`${parts.out}/${file}`), bytes, name);
    const heads = Object.keys(decodeSafeTensors(bytes, file).tensors).filter((tensor) =>
      tensor.startsWith("fc.")
    );
    const wanted = { gru_global: ["fc.weight", "fc.bias"], gru_tied: ["fc.bias"] };
    assertEquals(heads, wanted[name as keyof typeof wanted] ?? [], name);
    const asked = await whole.recommend("--model", name, "--courses", "course 3");
    const answer = await (await whole.serve(post({ model: name, courses: ["course 3"] }))).json();
    const ofFirst = asked.sessions[0].recommendations.map(({ course }) => course);
    const courses = answer.recommendations.map(({ course }: { course: string }) => course);
    assertEquals(courses, ofFirst, name);
    assert(courses.length > 3);
  }
});
