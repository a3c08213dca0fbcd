import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { GRU_GLOBAL } from "../../../lib/baselines/gru_global.ts";
import { readInitialWeights } from "../../../lib/jobs/baselines/initial_weights.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { gruModel, gruSpecs } from "../../../lib/models/gru.ts";
import { initialise } from "../../../lib/models/parameters.ts";
import { sasRecModel, sasRecSpecs } from "../../../lib/models/sasrec.ts";
import { encodeSafeTensors } from "../../../lib/files/safetensors.ts";
import { configOf } from "../job.ts";
import { makeTinyRun } from "../recommend/tiny_run.ts";

const gru = initialise(gruSpecs(gruModel(7)), 99);
const sasrec = initialise(sasRecSpecs(sasRecModel(7)), 99);

/** Files as PyTorch writes them: tensors only, without our metadata. */
async function files() {
  const folder = await Deno.makeTempDir();
  for (
    const [name, tensors] of Object.entries({
      gru,
      sasrec,
      other: { "lstm.weight": gru["fc.bias"] },
    })
  ) {
    await Deno.writeFile(
      `${folder}/${name}.safetensors`,
      encodeSafeTensors({ tensors, metadata: {} }),
    );
  }
  const marked = encodeSafeTensors({ tensors: gru, metadata: { synthetic: "{}" } });
  await Deno.writeFile(`${folder}/marked.safetensors`, marked);
  return (name: string) => `${folder}/${name}.safetensors`;
}

const read = (...flags: string[]) => readInitialWeights(configOf(...flags), BASELINES, 7);

Deno.test("a bare file is for every model that it fits, model=file for one", async () => {
  const path = await files();
  const models = ["--models", "gru_global,sasrec,sasrec_last_item"];
  const bare = await read(...models, "--init", path("sasrec"));
  assertEquals(Object.keys(bare.parameters), ["sasrec", "sasrec_last_item"]);
  assertEquals(bare.parameters.sasrec, sasrec);
  const named = await read(
    ...models,
    "--init",
    `sasrec_last_item=${path("sasrec")}`,
    "--init",
    path("gru"),
  );
  assertEquals(Object.keys(named.parameters), ["sasrec_last_item", "gru_global"]);
  assertEquals(named.inputs.map((input) => input.path), [path("sasrec"), path("gru")]);
});

Deno.test("weights that were fitted on synthetic data are told", async () => {
  const path = await files();
  const notes = async (name: string) =>
    (await read("--models", "gru_global", "--init", path(name))).notes;
  assertEquals(await notes("gru"), []);
  assertEquals(await notes("marked"), [
    `the initial weights of ${path("marked")} were fitted on SYNTHETIC DATA`,
  ]);
});

Deno.test("training begins with the weights given, and the run remembers the file", async () => {
  const path = await files();
  const flags = ["--models", "gru_global", "--init", path("marked")];
  const still = await makeTinyRun(...flags, "--learning-rate", "1e-9");
  const folder = `${still.out}/${still.outDir}`;
  const file = `${folder}/models/gru_global.safetensors`;
  const saved = GRU_GLOBAL.decode(await Deno.readFile(file), file);
  for (const [name, { data }] of Object.entries(gru)) {
    const moved = Math.max(...saved.parameters[name].data.map((x, i) => Math.abs(x - data[i])));
    if (!(moved < 1e-7)) throw new Error(`${name} moved by ${moved} at a learning rate of 1e-9`);
  }
  const report = JSON.parse(await Deno.readTextFile(`${folder}/report.json`));
  const { data_fingerprints, notes } = report;
  assertStringIncludes(notes.join(), "marked.safetensors were fitted on SYNTHETIC DATA");
  assertEquals(
    data_fingerprints.some((input: { path: string }) => input.path.endsWith("marked.safetensors")),
    true,
  );
});

/** A safetensors file of such numbers, as PyTorch writes them in half or double precision. */
function encodedAs(
  dtype: "F16" | "BF16" | "F64",
  prefix: string,
  tensors: Record<string, { shape: readonly number[]; data: Float32Array }>,
): Uint8Array {
  const bits = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0] >>> 16;
  const bytesOf = (data: Float32Array) =>
    new Uint8Array({
      F16: () => new Float16Array(data).buffer,
      BF16: () => Uint16Array.from(data, bits).buffer,
      F64: () => new Float64Array(data).buffer,
    }[dtype]());
  const header: Record<string, unknown> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const bytes = bytesOf(data);
    header[prefix + name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    parts.push(bytes);
    offset += bytes.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  [text, ...parts].reduce((at, part) => {
    file.set(part, at);
    return at + part.length;
  }, 8);
  return file;
}

Deno.test("weights in half and double precision, and under a wrapper's names", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/wrapped.safetensors`;
  const rounded = (data: Float32Array, dtype: string) => {
    if (dtype === "F16") return new Float32Array(new Float16Array(data));
    const bits = new Uint32Array(data.slice().buffer);
    return dtype === "BF16" ? new Float32Array(bits.map((bit) => bit & 0xffff0000).buffer) : data;
  };
  for (const dtype of ["F16", "BF16", "F64"] as const) {
    for (const prefix of ["", "model.", "module.gru."]) {
      await Deno.writeFile(path, encodedAs(dtype, prefix, gru));
      const { parameters } = await read("--models", "gru_global,popularity", "--init", path);
      for (const [name, { shape, data }] of Object.entries(gru)) {
        assertEquals(parameters.gru_global![name], { shape, data: rounded(data, dtype) });
      }
    }
  }
  // a tensor outside the wrapper is one too many
  const { shape, data } = gru["fc.bias"];
  await Deno.writeFile(
    path,
    encodeSafeTensors({
      tensors: {
        ...Object.fromEntries(
          Object.entries(gru).map(([name, tensor]) => [`model.${name}`, tensor]),
        ),
        "other.bias": { shape, data },
      },
      metadata: {},
    }),
  );
  await assertRejects(() => read("--init", path), InputError, "other.bias");
});

Deno.test("weights that fit nothing are refused: by tensor, shape, model and number", async () => {
  const path = await files();
  for (
    const [part, ...flags] of [
      ["lstm.weight", "--init", path("other")],
      ["embedding.weight", "--init", `gru_global=${path("sasrec")}`],
      ["perhaps gru_global", "--init", `gru_globall=${path("gru")}`],
      [
        "not a neural model of this run",
        "--models",
        "popularity",
        "--init",
        `gru_global=${path("gru")}`,
      ],
      [
        "a second file for gru_global",
        "--init",
        path("gru"),
        "--init",
        `gru_global=${path("gru")}`,
      ],
      ["no such file", "--init", "nowhere.safetensors"],
    ]
  ) assertStringIncludes((await assertRejects(() => read(...flags), InputError)).message, part);
  await assertRejects(
    () => readInitialWeights(configOf("--init", path("gru")), BASELINES, 8),
    InputError,
    "expected [8,64]",
  );
});
