/**
 * What a kernel is: a plain record. What changes its code (the key: sizes of the model, workgroup
 * size) is apart from what changes per step (`step_uniform.ts`), so that nothing is compiled after
 * the first step.
 *
 * All kernels share one set of bindings, so that a step sets one bind group: the step's numbers,
 * its part of the epoch's plan, one store of parameters (weights, moments, gradients), the
 * activations, the losses, and the logits of large catalogues with the shard's numbers.
 */
import { PLAN_WGSL } from "./plan_records.ts";
import { SHARD_WGSL, STEP_WGSL, type StepSizes } from "./step_uniform.ts";
import { type Constants, expand, type Parts } from "./template.ts";

/** Storage bindings by name, in the order of their numbers. */
export const STORAGE = [
  "plan",
  "weights",
  "moments",
  "gradients",
  "activations",
  "losses",
  "logits",
] as const;

/** A storage binding. */
export type Binding = typeof STORAGE[number];

/** The number of every binding: the step's uniform, the storage, the shard's uniform. */
export const BINDINGS: Readonly<Record<"step" | "shard" | Binding, number>> = numbered([
  "step",
  ...STORAGE,
  "shard",
]);

/** How a kernel sees a binding. */
export type View = "f32" | "vec4f" | "u32";

/** What a compute pipeline is compiled from. */
export interface KernelCode {
  readonly name: string;
  /** WGSL, complete. */
  readonly code: string;
  readonly workgroupSize: number;
  /** Bytes of workgroup storage, which no implementation checks for us. */
  readonly workgroupBytes: number;
}

/** One compute pipeline: its code and how many workgroups a step needs. */
export interface Kernel extends KernelCode {
  /** The bindings it touches, and as what. */
  readonly bindings: Partial<Record<Binding, View>>;
  /** What its code depends on. */
  readonly key: Constants;
  /** Workgroups for a step. */
  readonly dispatch: (sizes: StepSizes) => readonly [number, number?, number?];
}

/** What a kernel's file says of it. */
export interface KernelSource extends Pick<Kernel, "name" | "bindings" | "key" | "dispatch"> {
  /** One or more templates, expanded together. */
  readonly text: readonly string[];
  /** What `#use NAME` puts in. */
  readonly parts?: Parts;
}

/**
 * Makes the record: bindings declared, readers of the plan where it is bound, constants in front,
 * storage counted. The key's `SIZE` is the workgroup size.
 */
export function kernel({ name, bindings, key, dispatch, text, parts }: KernelSource): Kernel {
  const storage = STORAGE.filter((binding) => bindings[binding] !== undefined).map((binding) => {
    const access = binding === "plan" ? "read" : "read_write";
    return declared(binding, `storage, ${access}`, `array<${bindings[binding]}>`);
  });
  const code = [
    STEP_WGSL,
    declared("step", "uniform", "Step"),
    SHARD_WGSL,
    declared("shard", "uniform", "Shard"),
    ...storage,
    bindings.plan === undefined ? "" : PLAN_WGSL,
    expand(text.join("\n"), key, parts),
  ].join("");
  return {
    name,
    bindings,
    key,
    code,
    dispatch,
    workgroupSize: key.SIZE,
    workgroupBytes: workgroupBytes(code, key),
  };
}

function declared(binding: keyof typeof BINDINGS, space: string, type: string): string {
  return `@group(0) @binding(${BINDINGS[binding]}) var<${space}> ${binding}: ${type};\n`;
}

function numbered<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name, i) => [name, i])) as Record<Name, number>;
}

const WORKGROUP_ARRAY = /var<workgroup>\s+\w+\s*:\s*((?:array<)+)(\w+)((?:,\s*\w+>)+);/g;

/**
 * Workgroup storage that WGSL text declares. Array lengths must be a number or a constant of the
 * key; arrays may hold arrays.
 */
export function workgroupBytes(code: string, key: Constants): number {
  const bytes: Record<string, number> = { f32: 4, u32: 4, vec4f: 16 };
  const arrays = [...code.matchAll(WORKGROUP_ARRAY)];
  if (arrays.length !== [...code.matchAll(/var<workgroup>/g)].length) {
    throw new TypeError("workgroup variables are arrays of f32, u32 or vec4f with a named length");
  }
  let sum = 0;
  for (const [declaration, opened, type, closed] of arrays) {
    const lengths = [...closed.matchAll(/\w+/g)].map(([length]) => key[length] ?? parseInt(length));
    const whole = lengths.reduce((product, length) => product * length, bytes[type]);
    if (lengths.length !== opened.length / "array<".length || !(whole >= 0)) {
      throw new TypeError(`cannot count the workgroup array ${declaration}`);
    }
    sum += whole;
  }
  return sum;
}

/** n rounded up to a multiple of m. */
export function roundUp(n: number, m: number): number {
  return Math.ceil(n / m) * m;
}

/**
 * How many rounds of a loop of n a kernel writes out as text: the largest power of two up to `most`
 * that divides n. Compilers of WGSL put a bound of their own into every loop, which keeps drivers
 * from unrolling it and so from having several loads under way.
 */
export function unrolled(n: number, most: number): number {
  let rounds = most;
  while (n % rounds !== 0) rounds /= 2;
  return rounds;
}

/** The largest divisor of n that is at most `most`. */
export function largestDivisor(n: number, most: number): number {
  let divisor = Math.min(most, n);
  while (n % divisor !== 0) divisor--;
  return divisor;
}
