import { assert, assertEquals, assertThrows } from "@std/assert";
import { gruModel, gruSpecs } from "../../lib/models/gru.ts";
import {
  checkParameters,
  countParameters,
  initialise,
  zeros,
} from "../../lib/models/parameters.ts";
import { sasRecModel, sasRecSpecs } from "../../lib/models/sasrec.ts";

Deno.test("parameter counts are the notebook's", () => {
  assertEquals(countParameters(gruSpecs(gruModel(343))), 140_695);
  assertEquals(countParameters(sasRecSpecs(sasRecModel(343))), 147_607);
});

const STARTS = [
  ["PyTorch's distribution", gruSpecs(gruModel(343))],
  ["PyTorch's distribution", sasRecSpecs(sasRecModel(343))],
  [
    "N(0, 0.02²), a padding row of its own",
    sasRecSpecs(sasRecModel(343, { initialDeviation: 0.02, ownPadding: true })),
  ],
] as const;
for (const [how, specs] of STARTS) {
  const parameters = initialise(specs, 20260107);
  for (const { name, shape, init, paddingRow } of specs) {
    Deno.test(`${name} [${shape}] starts in ${how}`, () => {
      const { data } = parameters[name];
      const width = data.length / shape[0];
      const isPadding = (i: number) => Math.floor(i / width) === paddingRow;
      const values = data.filter((_, i) => !isPadding(i));
      const n = values.length;
      assert(data.every((x, i) => !isPadding(i) || x === 0), "the padding row is not zero");
      assertEquals(n, data.length - (paddingRow === undefined ? 0 : width));
      const mean = values.reduce((sum, x) => sum + x, 0) / n;
      const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
      if (init.kind === "constant") return assert(values.every((x) => x === init.value));
      const { deviation = 1 } = init.kind === "normal" ? init : {};
      const wanted = init.kind === "normal" ? deviation ** 2 : init.bound ** 2 / 3;
      const kurtosis = init.kind === "normal" ? 3 : 1.8;
      assert(Math.abs(mean) < 5 * Math.sqrt(wanted / n), `mean ${mean}`);
      assert(
        Math.abs(variance - wanted) < 5 * wanted * Math.sqrt((kurtosis - 1) / n),
        `variance ${variance}, expected ${wanted}`,
      );
      if (init.kind === "uniform") {
        const largest = values.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
        assert(
          largest <= Math.fround(init.bound) && largest > init.bound * (1 - 10 / n),
          `largest ${largest} of bound ${init.bound}`,
        );
      }
    });
  }
}

Deno.test("the bounds are those of PyTorch's constructors", () => {
  const bound = (specs: ReturnType<typeof gruSpecs>, name: string) => {
    const init = specs.find((spec) => spec.name === name)!.init;
    return init.kind === "uniform" ? init.bound : NaN;
  };
  const gru = gruSpecs(gruModel(343));
  const sasrec = sasRecSpecs(sasRecModel(343));
  assertEquals(bound(gru, "gru.weight_ih_l0"), 1 / Math.sqrt(128));
  assertEquals(bound(gru, "fc.bias"), 1 / Math.sqrt(128));
  assertEquals(bound(sasrec, "blocks.0.self_attn.in_proj_weight"), Math.sqrt(6 / (192 + 64)));
  assertEquals(bound(sasrec, "blocks.1.linear2.weight"), 1 / Math.sqrt(256));
  assertEquals(bound(sasrec, "fc.weight"), 1 / Math.sqrt(64));
});

Deno.test("with a deviation matrices are normal, biases 0 and norms' scales 1", () => {
  const specs = sasRecSpecs(sasRecModel(9, { initialDeviation: 0.02 }));
  const initOf = (name: string) => specs.find((spec) => spec.name === name)?.init;
  for (const name of ["item_emb.weight", "pos_emb.weight", "blocks.1.linear2.weight"]) {
    assertEquals(initOf(name), { kind: "normal", deviation: 0.02 }, name);
  }
  assertEquals(initOf("fc.bias"), { kind: "constant", value: 0 });
  assertEquals(initOf("blocks.0.self_attn.in_proj_bias"), { kind: "constant", value: 0 });
  assertEquals(initOf("blocks.0.norm1.weight"), { kind: "constant", value: 1 });
});

Deno.test("a seed fixes the weights; another gives others", () => {
  const specs = gruSpecs(gruModel(5, { embeddingDim: 3, hiddenDim: 4 }));
  assertEquals(initialise(specs, 1), initialise(specs, 1));
  assert(initialise(specs, 1)["fc.weight"].data[0] !== initialise(specs, 2)["fc.weight"].data[0]);
});

Deno.test("records that do not fit are refused by name", () => {
  const specs = gruSpecs(gruModel(5, { embeddingDim: 3, hiddenDim: 4 }));
  const good = zeros(specs);
  checkParameters(specs, good, "a test");
  const { "fc.bias": _, ...missing } = good;
  assertThrows(
    () => checkParameters(specs, missing, "a test"),
    TypeError,
    "lacks the parameter fc.bias",
  );
  assertThrows(
    () => checkParameters(specs, { ...good, odd: good["fc.bias"] }, "a test"),
    TypeError,
    "odd",
  );
  assertThrows(
    () =>
      checkParameters(
        specs,
        { ...good, "fc.bias": { shape: [6], data: new Float32Array(6) } },
        "a test",
      ),
    RangeError,
    "fc.bias has shape [6]",
  );
  assertThrows(
    () =>
      checkParameters(specs, {
        ...good,
        "fc.bias": { shape: [5], data: Float32Array.of(0, 0, NaN, 0, 0) },
      }, "a test"),
    RangeError,
    "fc.bias[2] is NaN",
  );
  assertThrows(
    () => sasRecModel(5, { hiddenDim: 6, numHeads: 4 }),
    RangeError,
    "multiple of its heads",
  );
});
