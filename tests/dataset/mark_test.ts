import { assert, assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { readDataset } from "../../lib/dataset/read_dataset.ts";
import { synthesize } from "../../lib/dataset/synthetic/synthesize.ts";
import { encodeDataset } from "../../lib/dataset/write_dataset.ts";
import { writeFolder } from "./tiny.ts";

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** A small synthetic data set as files. */
const SYNTHETIC = Object.fromEntries(
  [...encodeDataset(synthesize("demo", 1, 2, 1, { users: 100, courses: 20, topics: 4 }))]
    .map(({ path, bytes }) => [path, bytes]),
);

async function readFiles(files: Readonly<Record<string, Uint8Array>>) {
  const { "synthetic.json": mark, ...rest } = files;
  const folder = await writeFolder(rest);
  if (mark !== undefined) await Deno.writeFile(`${folder}/synthetic.json`, mark);
  try {
    return (await readDataset(folder, 1, 2)).dataset;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the mark of synthetic data is in every file; a changed one is told", async () => {
  const { synthetic } = await readFiles(SYNTHETIC);
  assertEquals([synthetic!.preset, synthetic!.seed], ["demo", 1]);
  const { "synthetic.json": bytes, ...unmarked } = SYNTHETIC;
  assertEquals((await readFiles(unmarked)).synthetic, synthetic);
  const mark = JSON.parse(new TextDecoder().decode(bytes));
  for (const change of [{ seed: 5 }, { preset: "xuetangx" }, { changes: { users: 101 } }]) {
    const edited = { ...SYNTHETIC, "synthetic.json": text({ ...mark, ...change }) };
    const { message } = await assertRejects(() => readFiles(edited), InputError);
    assert(/synthetic\.json and .*pairs_train\.parquet/.test(message), message);
  }
  const sorted = Object.fromEntries(Object.entries(mark.changes).reverse());
  const same = { ...SYNTHETIC, "synthetic.json": text({ ...mark, changes: sorted }) };
  assertEquals((await readFiles(same)).synthetic?.seed, 1);
});
