/** Whether a card computes the losses and gradients of the fixtures, and the same bits twice. */
import { createWebGpuEngine } from "../../lib/engine/webgpu/engine.ts";
import { batchCount } from "../../lib/samplers/sequences.ts";
import { assertClose } from "../../tests/close.ts";
import { type Oracle, ORACLES, readOracle } from "../../tests/engine/reference.ts";
import { messageOf } from "../../lib/errors/input_error.ts";

/** What became of one fixture. */
export interface ParityRow {
  readonly fixture: string;
  /** Empty where all is within the tests' tolerance. */
  readonly error: string;
  /** Whether two runs gave the same bits: losses, weights, moments. */
  readonly repeats: boolean;
}

/** Trains on every fixture, twice. */
export async function checkParity(
  fixtures: readonly (typeof ORACLES[number])[] = ORACLES,
): Promise<ParityRow[]> {
  const rows: ParityRow[] = [];
  for (const fixture of fixtures) {
    const oracle = readOracle(fixture);
    let error = "";
    let repeats = false;
    try {
      const first = await trained(oracle, true);
      repeats = first === await trained(oracle, false);
    } catch (thrown) {
      error = messageOf(thrown);
    }
    rows.push({ fixture, error, repeats });
  }
  return rows;
}

/** Trains through an oracle's steps; all bits that came of it, as text. */
async function trained(oracle: Oracle, compared: boolean): Promise<string> {
  const { options, plan, losses, gradients } = oracle;
  const engine = await createWebGpuEngine(options);
  try {
    const bits: unknown[] = [];
    for (let step = 0; step < batchCount(plan); step++) {
      if (compared && step < gradients.length) {
        const got = (await engine.gradients(plan, step)).gradients;
        for (const [name, { data }] of Object.entries(gradients[step])) {
          assertClose(got[name].data, data, `step ${step + 1}, gradient of ${name}`);
        }
      }
      const [loss] = await engine.train(plan, step, step + 1);
      if (compared) assertClose([loss], [losses[step]], `loss of step ${step + 1}`);
      bits.push(loss);
    }
    const { parameters, firstMoments, secondMoments } = await engine.export();
    for (const record of [parameters, firstMoments, secondMoments]) {
      for (const { data } of Object.values(record)) bits.push(await hashOf(data));
    }
    return JSON.stringify(bits);
  } finally {
    engine.dispose();
  }
}

async function hashOf(data: Float32Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", data as Float32Array<ArrayBuffer>);
  return new Uint8Array(digest).toHex();
}
