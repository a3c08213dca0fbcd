/** What every engine's adaptation must reproduce of the PyTorch reference. */
import { assert, assertEquals } from "@std/assert";
import type { CreateAdaptation, MetaState } from "../../lib/engine/adaptation.ts";
import type { AdamConfig } from "../../lib/engine/engine.ts";
import type { Parameters } from "../../lib/models/parameters.ts";
import { taskWindows } from "../../lib/samplers/task_windows.ts";
import { assertClose } from "../close.ts";
import {
  loopsOf,
  readAdaptationReference,
  REFERENCE_METHODS,
  referenceState,
} from "./adaptation_reference.ts";

const FIRST = [1e-5, 1e-4] as const;
const SECOND = [1e-4, 1e-3] as const;

function assertParameters(
  found: Parameters,
  wanted: Readonly<Record<string, readonly number[]>>,
  what: string,
  [absolute, relative]: readonly [number, number],
): void {
  assertEquals(Object.keys(found).sort(), Object.keys(wanted).sort());
  for (const [name, { data }] of Object.entries(found)) {
    assertClose(data, wanted[name], `${what}: ${name}`, absolute, relative);
  }
}

/** Values with their first and second moments. */
type Moved = readonly [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>];

/** Asserts that a step of Adam has been taken. */
function assertMoved(
  what: string,
  { step, optimizer, gradient }: {
    readonly step: number;
    readonly optimizer: AdamConfig;
    readonly gradient: readonly number[];
  },
  before: Moved,
  after: Moved,
): void {
  const { learningRate, beta1, beta2, epsilon } = optimizer;
  const first = gradient.map((g, i) => beta1 * before[1][i] + (1 - beta1) * g);
  const second = gradient.map((g, i) => beta2 * before[2][i] + (1 - beta2) * g * g);
  const values = gradient.map((_, i) => {
    const root = Math.sqrt(second[i] / (1 - beta2 ** step));
    return before[0][i] - learningRate * first[i] / (1 - beta1 ** step) / (root + epsilon);
  });
  assertClose(after[1], first, `first moments of ${what}`, 1e-9, 1e-3);
  assertClose(after[2], second, `second moments of ${what}`, 1e-12, 1e-3);
  assertClose(after[0], values, what, 1e-6, 1e-5);
}

/** Registers the tests for one engine; where it cannot run, they say that they are skipped. */
export function testAdaptation(
  name: string,
  create: CreateAdaptation,
  threads: number,
  isThere = true,
): void {
  const test = (what: string, fn: () => Promise<void>) =>
    Deno.test({
      name: isThere ? `${name}: ${what}` : `${name}: ${what}: skipped, there is no adapter`,
      ignore: !isThere,
      fn,
    });
  const reference = readAdaptationReference();
  const { model, tasks, optimizer } = reference;
  const training = taskWindows(tasks, model.maxLen, "shared");
  for (const method of REFERENCE_METHODS) {
    const { inner, outer } = loopsOf(reference, method);
    const wanted = reference.methods[method];
    const isFirst = outer.method !== "second_order";
    const state = referenceState(reference, outer.learnsRates);
    const open = () => create({ model, state, optimizer, threads });

    test(`${method} adapts and moves its start as PyTorch does`, async () => {
      const adaptation = await open();
      try {
        const adapted = await adaptation.adapt(training, inner);
        adapted.forEach(({ parameters, losses }, t) => {
          assertClose(losses, wanted.tasks[t].support_losses, `losses of task ${t}`, ...FIRST);
          assertParameters(parameters, wanted.tasks[t].adapted, `task ${t}`, FIRST);
        });
        const { loss, gradients, rateGradients } = await adaptation.outerGradient(
          training,
          inner,
          outer,
        );
        assertParameters(gradients, wanted.gradient, "outer gradient", isFirst ? FIRST : SECOND);
        const mean = (values: readonly number[]) =>
          values.reduce((a, b) => a + b, 0) / values.length;
        const losses = method === "reptile"
          ? wanted.tasks.map(({ support_losses }) => support_losses[inner.steps - 1])
          : wanted.tasks.map(({ query_loss }) => query_loss);
        assertClose([loss], [mean(losses)], "loss", ...FIRST);
        assertEquals(rateGradients !== undefined, method === "meta_sgd");
        if (rateGradients !== undefined) {
          const names = Object.keys(reference.start);
          const rates = names.map((tensor) => wanted.rate_gradients![tensor]);
          assertClose(rateGradients, rates, "gradients of the rates", ...SECOND);
        }
      } finally {
        adaptation.dispose();
      }
    });

    test(`${method} after three outer steps`, async () => {
      // the reference leaves Meta-SGD's rates as they are
      const fixed = { ...outer, learnsRates: false };
      const adaptation = await open();
      try {
        for (let step = 0; step < 3; step++) {
          await adaptation.trainOuter(training, Int32Array.of(0, tasks.length), inner, fixed);
        }
        const after = await adaptation.export();
        assertEquals(after.step, 3);
        assertParameters(
          after.parameters,
          wanted.after_3_outer_steps,
          "start",
          isFirst ? FIRST : SECOND,
        );
      } finally {
        adaptation.dispose();
      }
    });
  }

  test("an outer step is Adam's: of the clipped gradient, and of the rates' own", async () => {
    const { inner, outer } = loopsOf(reference, "meta_sgd");
    const state = referenceState(reference, true);
    const clipped = { ...outer, clipNorm: reference.methods.meta_sgd.gradient_norm / 2 };
    const adaptation = await create({ model, state, optimizer, threads });
    try {
      for (let step = 1; step <= 2; step++) {
        const { gradients, rateGradients } = await adaptation.outerGradient(
          training,
          inner,
          clipped,
        );
        const before = await adaptation.export();
        await adaptation.trainOuter(training, Int32Array.of(0, tasks.length), inner, clipped);
        const after = await adaptation.export();
        const squares = Object.values(gradients).flatMap(({ data }) => [...data].map((g) => g * g));
        const norm = Math.sqrt(squares.reduce((a, b) => a + b));
        const factor = clipped.clipNorm / norm;
        assert(factor < 0.9, "the gradient is clipped");
        for (const [name, { data }] of Object.entries(gradients)) {
          const values = (of: MetaState): Moved => [
            of.parameters[name].data,
            of.firstMoments[name].data,
            of.secondMoments[name].data,
          ];
          const gradient = [...data].map((g) => factor * g);
          assertMoved(name, { step, optimizer, gradient }, values(before), values(after));
        }
        const rates = ({ rates }: MetaState): Moved => [
          rates!.values,
          rates!.firstMoments,
          rates!.secondMoments,
        ];
        const ofRates = { step, optimizer, gradient: rateGradients! };
        assertMoved("rates", ofRates, rates(before), rates(after));
      }
    } finally {
      adaptation.dispose();
    }
  });

  test(`answers are the logits of the adapted parameters`, async () => {
    const { inner } = loopsOf(reference, "fomaml");
    const adaptation = await create({
      model,
      state: referenceState(reference, false),
      optimizer,
      threads,
    });
    try {
      const asked = taskWindows(tasks, model.maxLen, "apart");
      const answers = await adaptation.answer(asked, inner, [0, 2, 5]);
      assertEquals(answers.length, 3);
      const losses = (logits: Float32Array) =>
        tasks.map(({ queries }, t) => {
          const sum = queries.reduce((total, { label }, q) => {
            const at = (t * queries.length + q) * model.nItems;
            const row = logits.subarray(at, at + model.nItems);
            const norm = Math.log(row.reduce((all, x) => all + Math.exp(x), 0));
            return total + norm - row[label];
          }, 0);
          return sum / queries.length;
        });
      const wanted = reference.methods.fomaml.tasks.map(({ query_loss }) => query_loss);
      assertClose(losses(answers[2]), wanted, "queries after five steps", ...FIRST);
      const before = losses(answers[0]);
      assert(before.some((loss, t) => Math.abs(loss - wanted[t]) > 1e-3), "steps change answers");
    } finally {
      adaptation.dispose();
    }
  });
}
