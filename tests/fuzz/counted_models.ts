/** Rule and neighbour models under fuzz: their files, damage to single numbers, and the reader. */
import { BASELINES } from "../../lib/baselines/registry.ts";
import { fitModel } from "../baselines/fit_settings.ts";
import { madeUpLog } from "../baselines/made_up_log.ts";
import { LIES, mutateBytes } from "./mutate_bytes.ts";
import type { Choices } from "./random.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const LOG = madeUpLog(3, 20, 7);

/** A model's file and its reader, which also asks the model. */
export interface CountedModel {
  readonly name: string;
  readonly valid: Bytes;
  readonly read: (bytes: Bytes, path: string) => void;
}

/** Every baseline of columns of numbers, fitted on a small log. */
export const COUNTED: readonly CountedModel[] = BASELINES.filter(({ family, extension }) =>
  family !== "neural" && extension === "safetensors"
).map((baseline) => {
  const { fitted, context } = fitModel(baseline.name, LOG, {});
  return {
    name: `model ${baseline.name}.safetensors`,
    valid: baseline.encode(fitted),
    async read(bytes, path) {
      const scorer = await baseline.scorer(baseline.decode(bytes, path), context);
      const askable = LOG.queries.filter(({ prefix }) =>
        prefix.every((course) => course < scorer.nItems)
      );
      const scores = await scorer.score(askable.slice(0, 10));
      if (!scores.every(Number.isFinite)) throw new Error("a score is not a number");
    },
  };
});

/** Numbers that columns are replaced by. */
const ODD_REALS = [NaN, Infinity, -Infinity, -1, 1e300, -1e300, 5e-324];

/** A copy with one number of a column replaced, or bytes damaged. */
export function mutateColumnsOfFile(bytes: Bytes, random: Choices): Bytes {
  const view = new DataView(bytes.slice().buffer);
  const body = 8 + Number(view.getBigUint64(0, true));
  const cells = Math.floor((bytes.length - body) / 4);
  if (cells < 2 || random.chance(0.3)) return mutateBytes(bytes, random);
  const real = random.chance(0.3);
  const at = body + 4 * random.int(cells - 1);
  if (real) view.setFloat64(at, random.pick(ODD_REALS), true);
  else view.setInt32(at, random.pick([...LIES, -1, 3, 7]) | 0, true);
  return new Uint8Array(view.buffer);
}
