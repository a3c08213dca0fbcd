/** Readers of models and checkpoints under fuzz. */
import { GRU_GLOBAL } from "../../lib/baselines/gru_global.ts";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { parametersFrom } from "../../lib/baselines/weights.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { gruModel } from "../../lib/models/gru.ts";
import { sasRecModel } from "../../lib/models/sasrec.ts";
import { decodeCheckpoint, writeCheckpoint } from "../../lib/runs/checkpoint.ts";
import { COUNTED, mutateColumnsOfFile } from "./counted_models.ts";
import { concat, mutateBytes } from "./mutate_bytes.ts";
import { mutateJson } from "./mutate_json.ts";
import type { Choices } from "./random.ts";
import { binarySubject, type Bytes, jsonSubject, type Subject } from "./subject.ts";

const N_ITEMS = 7;

/** All of them; `folder` is for those that read from disk. */
export async function modelSubjects(folder: string): Promise<Subject[]> {
  const gru = gruModel(N_ITEMS, { embeddingDim: 2, hiddenDim: 3 });
  const sasrec = sasRecModel(N_ITEMS, { hiddenDim: 4, numBlocks: 1, maxLen: 5 });
  const owner = { name: "gru_global", model: gru, seed: 1, key: "k" };
  const state = startingState(gru, 1);
  const checkpoint = await Deno.readFile(
    await writeCheckpoint(folder, owner, {
      cursor: { epochLosses: [2], batchLosses: [1, 1.5] },
      state,
      seconds: 1,
    }),
  );
  const neural = [gru, sasrec].map((model) =>
    GRU_GLOBAL.encode({ model, parameters: startingState(model, 1).parameters })
  );
  const plain: Record<string, unknown> = {
    random: { architecture: "random", nItems: 7, seed: 1 },
    popularity: { architecture: "popularity", shares: Float64Array.of(0.5, 0.25, 0.25) },
    sessionknn: {
      architecture: "sessionknn",
      nItems: 7,
      k: 2,
      sampleSize: 3,
      seed: 1,
      offsets: Int32Array.of(0, 2, 3),
      items: Int32Array.of(1, 2, 3),
    },
  };
  return [
    binarySubject(
      "checkpoint",
      8,
      [checkpoint],
      mutateSafeTensors,
      (bytes, path) =>
        decodeCheckpoint(
          bytes,
          path,
          owner,
          (tensors, path) => parametersFrom(gru, tensors, path),
        ),
    ),
    binarySubject(
      "model.safetensors",
      7,
      neural,
      mutateSafeTensors,
      (bytes, path) => GRU_GLOBAL.decode(bytes, `${path}.safetensors`),
    ),
    ...COUNTED.flatMap(({ name, valid, read }) => [
      binarySubject(name, 1, [valid], mutateSafeTensors, read),
      binarySubject(`${name}, columns`, 1, [valid], mutateColumnsOfFile, read),
    ]),
    ...BASELINES.filter(({ extension }) => extension === "json").map(({ name, encode, decode }) =>
      jsonSubject(
        `model ${name}.json`,
        2,
        [JSON.parse(new TextDecoder().decode(encode(plain[name])))],
        (bytes, path) => decode(bytes, `${path}.json`),
      )
    ),
  ];
}

function mutateSafeTensors(bytes: Bytes, random: Choices): Bytes {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  if (random.chance(0.4)) return mutateBytes(bytes, random);
  const header = mutateJson(bytes.slice(8, 8 + length), random);
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(header.length), true);
  const body = bytes.slice(8 + length);
  if (random.chance(0.2) && body.length >= 4) {
    new DataView(body.buffer).setFloat32(0, random.pick([NaN, Infinity, -Infinity]), true);
  }
  return concat(size, header, body);
}
