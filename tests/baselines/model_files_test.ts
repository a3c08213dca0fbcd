import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { gruModel, gruSpecs } from "../../lib/models/gru.ts";
import { initialise } from "../../lib/models/parameters.ts";
import { sasRecModel, sasRecSpecs } from "../../lib/models/sasrec.ts";
import {
  decodeSafeTensors,
  encodeSafeTensors,
  type SafeTensors,
} from "../../lib/files/safetensors.ts";
import type { Baseline } from "../../lib/baselines/baseline.ts";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { fitModel } from "./fit_settings.ts";
import { madeUpLog } from "./made_up_log.ts";

const gru = gruModel(5, { embeddingDim: 3, hiddenDim: 4 });
const sasrec = sasRecModel(5, { hiddenDim: 4, maxLen: 6, readout: "last_item" });
const MODELS: Record<string, unknown> = {
  random: { architecture: "random", nItems: 9, seed: 4 },
  popularity: {
    architecture: "popularity",
    shares: Float64Array.of(0.1, 1 / 3, 0.5666666666666667),
  },
  sessionknn: {
    architecture: "sessionknn",
    nItems: 9,
    k: 100,
    sampleSize: 500,
    seed: 3,
    offsets: Int32Array.of(0, 2, 3),
    items: Int32Array.of(8, 1, 0),
  },
  gru_global: { model: gru, parameters: initialise(gruSpecs(gru), 1) },
  sasrec: { model: sasrec, parameters: initialise(sasRecSpecs(sasrec), 1) },
};

const baselineOf = (name: string): Baseline =>
  BASELINES.find((baseline) => baseline.name === name)!;

for (const [name, saved] of Object.entries(MODELS)) {
  Deno.test(`${name} is saved and read again, with the same bytes each time`, () => {
    const { encode, decode, extension } = baselineOf(name);
    const bytes = encode(saved);
    const back = decode(bytes, `${name}.${extension}`);
    assertEquals(back, saved);
    assertEquals(encode(back), bytes);
  });
}

const LOG = madeUpLog(6, 40);
const COUNTED = BASELINES.filter(({ family, extension }) =>
  family !== "neural" && extension === "safetensors"
);

Deno.test("rules and neighbours are saved and read again, the same fit with the same bytes", () => {
  assertEquals(COUNTED.length, 9);
  for (const { name, encode, decode, extension, scorer } of COUNTED) {
    const { fitted, context } = fitModel(name, LOG, {});
    const bytes = encode(fitted);
    const back = decode(bytes, `${name}.${extension}`);
    assertEquals(back, fitted);
    assertEquals(encode(back), bytes);
    assertEquals(encode(fitModel(name, LOG, {}).fitted), bytes, name);
    const [before, after] = [fitted, back].map((model) => scorer(model, context));
    assert(!(before instanceof Promise || after instanceof Promise));
    assertEquals(after.score(LOG.queries), before.score(LOG.queries));
  }
});

Deno.test("a damaged file of rules or neighbours is refused by its name and reason", () => {
  const file = (name: string) => {
    const { baseline, fitted } = fitModel(name, LOG, {});
    return { ...decodeSafeTensors(baseline.encode(fitted), name), baseline };
  };
  const refused = (name: string, tensors: SafeTensors["tensors"], model?: unknown) => {
    const { baseline, metadata, tensors: own } = file(name);
    const changed = model === undefined ? metadata.model : JSON.stringify(model);
    const bytes = encodeSafeTensors({
      tensors: { ...own, ...tensors },
      metadata: { model: changed },
    });
    return assertThrows(() => baseline.decode(bytes, "some/m.safetensors"), InputError).message;
  };
  const fieldsOf = (name: string) => JSON.parse(file(name).metadata.model);
  const weights = file("markov").tensors.weights;
  const falling = file("markov").tensors.targets.data.slice().reverse() as Int32Array;
  const vsknn = fieldsOf("vsknn");
  const cases: readonly (readonly [message: string, part: string])[] = [
    [refused("markov", { weights: { ...weights, data: weights.data.map(() => NaN) } }), "weights"],
    [refused("markov", { weights: { shape: [1], data: Float64Array.of(1) } }), "weights"],
    [refused("markov", { weights: { shape: [1], data: Int32Array.of(1) } }), "weights is Int32Arr"],
    [refused("markov", { targets: { shape: [falling.length], data: falling } }), "has a rule to"],
    [refused("markov", { offsets: { shape: [1], data: Int32Array.of(0) } }), "offsets"],
    [refused("markov", {}, { ...fieldsOf("markov"), nItems: 5 }), "offsets"],
    [refused("markov", {}, fieldsOf("vsknn")), '"vsknn"'],
    [refused("vsknn", { times: { shape: [1], data: Float64Array.of(1) } }), "1 times"],
    [refused("vsknn", {}, { ...vsknn, settings: { ...vsknn.settings, k: 0 } }), "setting k is 0"],
    [refused("vsknn", {}, { ...vsknn, settings: { ...vsknn.settings, k: "5" } }), 'k is "5"'],
    [refused("vsknn", {}, { ...vsknn, settings: [] }), "settings is []"],
    [refused("vsknn", {}, { ...vsknn, own: "some" }), "own is some"],
    [refused("vsknn", {}, { ...vsknn, nItems: 1e9 }), "nItems"],
  ];
  for (const [message, part] of cases) {
    assertStringIncludes(message, "some/m.safetensors");
    assertStringIncludes(message, part);
  }
});

Deno.test("what is not a model of ours is refused by file and reason", () => {
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const neuralText = (model: string) => encodeSafeTensors({ tensors: {}, metadata: { model } });
  const DEEP = `${"[".repeat(1e5)}${"]".repeat(1e5)}`;
  const neural = (model: unknown) => neuralText(JSON.stringify(model));
  for (
    const [bytes, path, part] of [
      [json({ architecture: "magic" }), "m.json", '"magic"'],
      [
        json({
          architecture: "sessionknn",
          nItems: 2,
          k: 1,
          sampleSize: 1,
          seed: 1,
          sessions: [[2]],
        }),
        "m.json",
        "course ids",
      ],
      [json({ architecture: "random", nItems: -1, seed: 1 }), "m.json", "nItems"],
      [json(null), "m.json", "null"],
      [Uint8Array.of(0xff), "m.json", "not JSON"],
      [
        baselineOf("gru_global").encode(MODELS.gru_global).slice(0, -4),
        "m.safetensors",
        "claims bytes",
      ],
      [neural({ ...sasRecModel(7), numBlocks: 10_000_000 }), "m.safetensors", "a network that"],
      [neural({ ...sasRecModel(7), readout: "middle" }), "m.safetensors", "a network that"],
      [neuralText(`{"architecture": ${DEEP}}`), "m.safetensors", "a network that"],
      [
        neuralText(JSON.stringify(sasRecModel(7)).replace('"dropout":0.2', `"dropout":${DEEP}`)),
        "m.safetensors",
        "a network that",
      ],
      [neural("toString"), "m.safetensors", "a network that"],
    ] as [Uint8Array<ArrayBuffer>, string, string][]
  ) {
    const readers = BASELINES.filter(({ extension }) => path.endsWith(extension));
    const wanted = /"architecture":"(\w+)"/.exec(new TextDecoder().decode(bytes))?.[1];
    const reader = readers.find(({ architecture }) => architecture === wanted) ?? readers[0];
    const { message } = assertThrows(() => reader.decode(bytes, path), InputError);
    assertStringIncludes(message, path);
    assertStringIncludes(message, part);
  }
});
