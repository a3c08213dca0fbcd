import { assertEquals } from "@std/assert";
import { parametersFrom } from "../../lib/baselines/weights.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { gruModel } from "../../lib/models/gru.ts";
import {
  type Checkpoint,
  readCheckpoint,
  type ReadWeights,
  writeCheckpoint,
} from "../../lib/runs/checkpoint.ts";

const model = gruModel(6, { embeddingDim: 4, hiddenDim: 5 });
const owner = { name: "gru", model, seed: 1, key: "settings and data" };
const weights: ReadWeights = (tensors, path) => parametersFrom(model, tensors, path);

/** What comes back of a checkpoint that is written. */
async function again(checkpoint: Checkpoint): Promise<Checkpoint | undefined> {
  const folder = await Deno.makeTempDir();
  await writeCheckpoint(folder, owner, checkpoint);
  const complain = (message: string) => {
    throw new Error(message);
  };
  return await readCheckpoint(folder, owner, { weights, complain });
}

Deno.test("a checkpoint comes back as it was, with and without scored epochs", async () => {
  const state = { ...startingState(model, 1), step: 3 };
  const plain = { cursor: { epochLosses: [2.5], batchLosses: [1, 0.1] }, state, seconds: 1.25 };
  assertEquals(await again(plain), plain);
  const scores = [{ mrr: 0.1, "ndcg@5": 1 / 3 }];
  const scored = { ...plain, cursor: { ...plain.cursor, scores } };
  assertEquals(await again(scored), scored);
  const kept = { ...scored, kept: startingState(model, 2).parameters };
  assertEquals(await again(kept), kept);
});
