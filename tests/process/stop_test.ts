import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { resultOf, runsWith } from "./outputs.ts";
import { SMALL_RUN, withProject } from "./program.ts";

const RUN = [...SMALL_RUN, "--epochs", "300", "--models", "gru_global"];

Deno.test({
  name: "one Ctrl-C that is heard twice, as under deno task, saves and says how to go on",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withProject(async ({ folder, start, run }) => {
      const process = start(RUN);
      await process.until("epoch 2/");
      process.child.kill("SIGINT");
      for (const begin = performance.now(); performance.now() - begin < 1;);
      process.child.kill("SIGINT");
      const { code, output } = await process.end;
      assertEquals(code, 130, output);
      const [tag] = await runsWith(folder, "progress.json");
      assertStringIncludes(output, `go on with: deno task baselines --resume ${tag}`);
      const again = await run(["--resume", tag]);
      assertEquals(again.code, 0, again.output);
      assertStringIncludes(again.output, "going on from step");
      const whole = await run(RUN);
      assertEquals(whole.code, 0, whole.output);
      const [first, second] = await runsWith(folder, "manifest.json");
      assertEquals(await resultOf(folder, first), await resultOf(folder, second));
    }),
});

Deno.test("a loss that is no number advises what can be done, and that works", () =>
  withProject(async ({ folder, run }) => {
    const small = [...SMALL_RUN, "--epochs", "2", "--models", "gru_global"];
    const first = await run(small);
    assertEquals(first.code, 0, first.output);
    const [tag] = await runsWith(folder, "manifest.json");
    const runs = `${folder}/reports/06_base_model_selection_xuetangx`;
    const weights = await Deno.readFile(`${runs}/${tag}/models/gru_global.safetensors`);
    // the largest numbers there are, in turn positive and negative: their sums are none
    const view = new DataView(weights.buffer);
    const data = 8 + Number(view.getBigUint64(0, true));
    for (let at = data, i = 0; at < weights.length; at += 4, i++) {
      view.setFloat32(at, i % 2 === 0 ? 3e38 : -3e38, true);
    }
    await Deno.writeFile(`${folder}/data/huge.safetensors`, weights);
    const { code, output } = await run([...small, "--init", "data/huge.safetensors"]);
    assertEquals(code, 1, output);
    assertStringIncludes(output, "the loss is NaN");
    for (const part of ["start a new run", "--learning-rate", "--init"]) {
      assertStringIncludes(output, part);
    }
    assert(!output.includes("go on with: "), output);
    // what --resume is said to do
    const resumed = await run(["--resume"]);
    assertEquals(resumed.code, 1, resumed.output);
    assertStringIncludes(resumed.output, "the loss is NaN");
    const anew = await run([...small, "--learning-rate", "0.0001"]);
    assertEquals(anew.code, 0, anew.output);
  }));
