/**
 * Windows run through the model without dropout, in portions that fit: their scores, their hidden
 * states, the ranks of labels. Training's plan stays where it is.
 */
import { InputError } from "../../errors/input_error.ts";
import { WINDOW } from "../../kernels/webgpu/plan_records.ts";
import { readStep, writeStep } from "../../kernels/webgpu/step_uniform.ts";
import type { NeuralModel } from "../../models/neural.ts";
import type { Sequences, Windows } from "../../samplers/sequences.ts";
import type { Engine } from "../engine.ts";
import { checkLengths, type EpochPlan, planEpoch } from "./plan.ts";
import type { Program } from "./program.ts";
import type { Runner } from "./runner.ts";

/** Windows that are scored at once, and the most floats of logits that they may have. */
const SCORED_AT_ONCE = 256;
const LOGITS_AT_ONCE = 2 ** 24;

/** What scoring needs: a model, its program and where it runs. */
export interface ScoringOptions {
  readonly model: NeuralModel;
  readonly program: Program;
  readonly runner: Runner;
  /** The device, for people. */
  readonly device: string;
}

/** Windows of a portion as the plan has them: row r of the results is of window `order[r]`. */
interface Portion {
  readonly from: number;
  readonly epoch: EpochPlan;
  readonly order: Int32Array;
}

/** The engine's methods that only look at windows. */
export function scoring(
  { model, program, runner, device }: ScoringOptions,
): Required<Pick<Engine, "score" | "represent" | "rank">> {
  /** Plans and uploads the windows in portions, each ready to run. */
  async function* portions(windows: Windows, labels?: Int32Array): AsyncIterable<Portion> {
    const widest = Math.max(...program.stores.map((store) => store.logits));
    const size = Math.max(1, Math.min(SCORED_AT_ONCE, Math.floor(LOGITS_AT_ONCE / widest)));
    for (let from = 0; from < windows.start.length; from += size) {
      const count = Math.min(size, windows.start.length - from);
      const one = {
        order: Int32Array.from({ length: count }, (_, i) => i),
        offsets: Int32Array.of(0, count),
      };
      const part = asSequences(windows, labels, from, count);
      const epoch = planEpoch(part, one, { ...program.shape, padded: false });
      checkLengths(epoch, model);
      await runner.load("score", epoch);
      writeStep(epoch.numbers, 0, { ...runner.regions().fields, dropBelow: 0, keep: 1 });
      runner.number("score", epoch.numbers);
      yield { from, epoch, order: targetWindows(epoch) };
    }
  }

  /** Rows of `width` floats, one a target, from a buffer that a run has filled. */
  async function rows(
    buffer: GPUBuffer,
    at: number,
    { order }: Portion,
    width: number,
    doing: string,
  ): Promise<Float32Array> {
    return new Float32Array(await runner.read(buffer, 4 * at, 4 * order.length * width, doing));
  }

  return {
    async score(windows) {
      const scores = new Float32Array(windows.start.length * model.nItems);
      for await (const portion of portions(windows)) {
        const { from, epoch, order } = portion;
        runner.run("score", epoch, 0, 1, program.score, 1);
        for (const [i, { shard, logits }] of program.stores.entries()) {
          if (logits === 0) continue;
          const read = await rows(runner.logits(i), 0, portion, logits, "scoring");
          order.forEach((window, r) => {
            const row = read.subarray(r * logits, r * logits + shard.items);
            scores.set(row, (from + window) * model.nItems + shard.first);
          });
        }
      }
      return scores;
    },
    async represent(windows) {
      const width = model.hiddenDim;
      const states = new Float32Array(windows.start.length * width);
      for await (const portion of portions(windows)) {
        const { from, epoch, order } = portion;
        runner.run("score", epoch, 0, 1, program.represent, 1);
        const at = 4 * runner.regions().fields.hiddenAt!;
        const padded = program.hidden;
        const read = await rows(runner.activations(), at, portion, padded, "reading states");
        order.forEach((window, r) => {
          states.set(read.subarray(r * padded, r * padded + width), (from + window) * width);
        });
      }
      return states;
    },
    async rank(windows, labels) {
      const ranks = new Int32Array(windows.start.length);
      for await (const portion of portions(windows, labels)) {
        const { from, epoch, order } = portion;
        runner.run("score", epoch, 0, 1, [...program.score, ...program.rank], 1);
        const read = await rows(runner.losses("score"), 0, portion, 1, "ranking");
        order.forEach((window, r) => {
          if (!(read[r] >= 1)) throw noRank(from + window, device);
          ranks[from + window] = read[r];
        });
      }
      return ranks;
    },
  };
}

function noRank(window: number, device: string): InputError {
  return new InputError({
    doing: `ranking window ${window} on ${device}`,
    found: "a score that is no number",
    wanted: "finite scores",
    next: "check the model's weights",
  });
}

/** Windows from..from+count-1 as training sequences: one target at the last item. */
function asSequences(
  { items, start, length }: Windows,
  labels: Int32Array | undefined,
  from: number,
  count: number,
): Sequences {
  const lengths = length.subarray(from, from + count);
  return {
    items,
    start: start.subarray(from, from + count),
    length: lengths,
    targetOffsets: Int32Array.from({ length: count + 1 }, (_, i) => i),
    targetPosition: Int32Array.from(lengths, (n) => n - 1),
    targetLabel: labels?.subarray(from, from + count) ?? new Int32Array(count),
  };
}

/** Which window each target of a plan's only step is of: the plan has the longest first. */
function targetWindows({ words, numbers, steps: [step] }: EpochPlan): Int32Array {
  const order = new Int32Array(step.targets);
  // windows come right before targets
  const { windowsAt, targetsAt } = readStep(numbers, 0);
  for (let at = windowsAt; at < targetsAt; at += WINDOW.size) {
    if (words[at + WINDOW.at.targets] > 0) {
      order[words[at + WINDOW.at.firstTarget]] = words[at + WINDOW.at.place];
    }
  }
  return order;
}
