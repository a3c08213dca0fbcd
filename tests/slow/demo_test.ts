import { assert, assertEquals } from "@std/assert";
import { ENGINE, withProject } from "../process/program.ts";

Deno.test("the demo job: the notebook's order of the five models, below the ceiling", async () => {
  await withProject(async ({ folder, run }) => {
    const { code, output } = await run(ENGINE);
    assertEquals(code, 0, output);
    const { baselines, ceiling } = JSON.parse(
      await Deno.readTextFile(`${folder}/results/baselines_K5_Q10.json`),
    );
    const accuracy = (name: string): number => baselines[name]["accuracy@1"];
    const order = ["gru_global", "sasrec", "sessionknn", "popularity", "random"];
    for (let i = 1; i < order.length; i++) {
      assert(accuracy(order[i - 1]) > accuracy(order[i]), output);
    }
    assert(
      ceiling["accuracy@1"] > accuracy("gru_global") && ceiling.mrr > baselines.gru_global.mrr,
      output,
    );
  });
});
