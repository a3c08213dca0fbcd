/** The archive for GPU servers: made, unpacked elsewhere, and run with nothing but a shell. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { adapterThere } from "../engine/webgpu/cases.ts";
import { tinyFolder, writeFolder } from "../dataset/tiny.ts";

const root = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

async function run(program: string, args: string[], options: Deno.CommandOptions): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, ...options })
    .output();
  const told = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(success, told);
  return told;
}

const probe = await Deno.makeTempDir();
const bundled = await new Deno.Command(Deno.execPath(), {
  args: [
    "bundle",
    "--quiet",
    "--platform",
    "deno",
    "--output",
    `${probe}/probe.js`,
    `${root}/lib/terminal/terminal.ts`,
  ],
}).output();
const lacks = [
  ...bundled.success ? [] : ["deno bundle cannot be had here"],
  ...adapterThere ? [] : ["there is no WebGPU adapter"],
];
const why = lacks.join(", ");

Deno.test({
  name: `the archive shows the adapter and trains on it, without a network${
    why && `: skipped, ${why}`
  }`,
  ignore: why !== "",
  fn: async () => {
    const out = await Deno.makeTempDir();
    const elsewhere = await Deno.makeTempDir();
    await run(Deno.execPath(), ["run", "-A", "scripts/pack.ts", "--out", out], { cwd: root });
    const [archive] = [...Deno.readDirSync(out)].map(({ name }) => name);
    await run("tar", ["-xzf", `${out}/${archive}`, "-C", elsewhere], {});
    const folder = `${elsewhere}/${archive.replace(".tar.gz", "")}`;
    const bare = { cwd: elsewhere, clearEnv: true, env: { PATH: "/usr/bin:/bin" } };
    const told = await run("sh", [`${folder}/gpu.sh`, "--full"], bare);
    assertStringIncludes(told, "adapter: ");
    const full = JSON.parse(await Deno.readTextFile(`${folder}/reports/gpu/full.json`));
    assertEquals(full.problems, []);
    const { parts } = full;
    for (const { fixture, error, repeats } of parts["parity with PyTorch's fixtures"]) {
      assertEquals([error, repeats], ["", true], fixture);
    }
    for (const name of ["GRU, pairs", "SASRec, last_item"]) {
      const { steps, total, firstPlan, laterPlans, encode, wait, lastLoss } =
        parts[`training, ${name}`];
      assertEquals(steps, 4);
      const all = firstPlan + laterPlans + encode + wait;
      assert(all > 0 && all <= total, `${name}: ${all} ms of ${total}`);
      assert(lastLoss > 1 && lastLoss < 10, `${lastLoss}`);
      assertStringIncludes(told, `${name}: 2 epochs, 4 steps in `);
    }
    assert((await Deno.stat(`${folder}/data/synthetic/demo_K5_Q10/vocab/course2id.json`)).isFile);
    const any = `${folder}/coldstart.sh`;
    assertStringIncludes(await run("sh", [any], bare), "\n  prepare ");
    await run(any, ["synthesize", "--users", "200", "--courses", "20", "--out", "data/s"], bare);
    assert((await Deno.stat(`${folder}/data/s/vocab/course2id.json`)).isFile);
    const tiny = await writeFolder(tinyFolder());
    const data = `${folder}/data/tiny`;
    await run("cp", ["-r", tiny, data], {});
    const flags = [
      "--data",
      "data/tiny",
      "--k",
      "1",
      "--q",
      "2",
      "--models",
      "gru_global",
      "--epochs",
      "1",
      "--device",
      "webgpu",
    ];
    assertStringIncludes(
      await run("sh", [`${folder}/baselines.sh`, ...flags], bare),
      "Baseline results",
    );
    assert((await Deno.stat(`${folder}/models/baselines/gru_global.safetensors`)).isFile);
    for (const made of [out, elsewhere, probe, tiny]) await Deno.remove(made, { recursive: true });
  },
});
