/** The memory of one task on the device: regions one after the other, in quads. */
import { SCALAR_QUADS } from "../../../kernels/webgpu/tasks/kernels.ts";
import { type Moved, movedFloats, type TaskLayout } from "../../../kernels/webgpu/tasks/layout.ts";
import type { PassNumbers } from "../../../kernels/webgpu/tasks/records.ts";
import type { PartSizes } from "./plan.ts";

/** What the work needs beside a task's parameters. */
export interface ArenaNeeds {
  readonly moved: Moved;
  /** Gradients of the queries are kept, to be summed. */
  readonly outer: boolean;
  /** Moments of inner steps of Adam. */
  readonly moments: boolean;
  /** Inner steps to carry a gradient back through. */
  readonly savedSteps: number;
}

/** Regions that an outer step names, and the size of all. */
type Named = "taskQuads" | "gradientsAt" | "carriedAt" | "otherAt" | "savedAt";

/** The regions as a pass's numbers. */
export type Arena = PassNumbers & Required<Pick<PassNumbers, Named>> & {
  /** Quads of one task's own parameters, and of a region like them. */
  readonly ownQuads: number;
  /** The queries' records: where only the output layer moves, the support's stay beside them. */
  readonly queryRecordsAt: number;
};

/** Lays a task's memory out for parts that are no larger. */
export function layArena(
  l: TaskLayout,
  [support, queries]: readonly [PartSizes, PartSizes],
  { moved, outer, moments, savedSteps }: ArenaNeeds,
): Arena {
  let quads = 0;
  const take = (count: number) => {
    const at = quads;
    quads += Math.ceil(count / 16) * 16;
    return at;
  };
  const ownQuads = movedFloats(l, moved, queries.rows) / 4;
  const secondOrder = savedSteps > 0;
  const targets = Math.max(support.targets, queries.targets);
  const records = (tokens: number) => take(tokens * l.record.size / 4);
  const together = moved === "all";
  take(ownQuads);
  const regions = {
    gradientsAt: take(outer ? ownQuads : 0),
    carriedAt: take(secondOrder ? ownQuads : 0),
    otherAt: take(secondOrder ? ownQuads : 0),
    momentsAt: take(moments ? ownQuads : 0),
    secondAt: take(moments ? ownQuads : 0),
    savedAt: take(savedSteps * ownQuads),
    recordsAt: records(together ? Math.max(support.tokens, queries.tokens) : support.tokens),
    stateGradientsAt: take(targets * l.hidden / 4),
    logitGradientsAt: take(targets * l.stride / 4),
    scalarsAt: take(SCALAR_QUADS),
  };
  const queryRecordsAt = together ? regions.recordsAt : records(queries.tokens);
  return { ...regions, queryRecordsAt, ownQuads, taskQuads: quads };
}
