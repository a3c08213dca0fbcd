import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readDataset } from "../../lib/dataset/read_dataset.ts";

const script = new URL("../../scripts/synthesize.ts", import.meta.url).pathname;

async function synthesize(folder: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", `--allow-write=${folder}`, script, ...args],
  }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("synthesize writes a marked folder that reads as any other, or none", async () => {
  const folder = await Deno.makeTempDir();
  const out = `${folder}/made`;
  for (const [users, seed] of [[400, 3], [500, 4]]) {
    const { code, text } = await synthesize(
      folder,
      "--out",
      out,
      "--users",
      `${users}`,
      "--seed",
      `${seed}`,
      "--k",
      "2",
      "--q",
      "3",
    );
    assertEquals(code, 0, text);
    assertStringIncludes(text, `SYNTHETIC: preset demo, seed ${seed}`);
    const { dataset } = await readDataset(out, 2, 3);
    assertEquals(dataset.synthetic, {
      synthetic: true,
      preset: "demo",
      seed,
      process_version: "learners-1",
      changes: { users },
    });
    assert(dataset.courses.every((course) => course.startsWith("made-up:")));
  }
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["made"]);
});

Deno.test("synthesize refuses impossible sizes and foreign folders", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/notes.txt`, "mine");
  for (
    const [args, words] of [
      [["--topics", "500"], "at least one course a topic"],
      [["--preset", "demmo"], "demo"],
      [["--users", "100"], "notes.txt"],
    ] as const
  ) {
    const { code, text } = await synthesize(folder, "--out", folder, ...args);
    assert(code !== 0);
    assertStringIncludes(text, words);
  }
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["notes.txt"]);
});
