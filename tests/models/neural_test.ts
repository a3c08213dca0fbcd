import { assert, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { gruModel } from "../../lib/models/gru.ts";
import {
  architectureOf,
  ARCHITECTURES,
  isNeuralModel,
  type NeuralModel,
  parameterSpecs,
} from "../../lib/models/neural.ts";
import { sasRecModel } from "../../lib/models/sasrec.ts";

const MODELS: readonly NeuralModel[] = [
  gruModel(7),
  sasRecModel(7),
  sasRecModel(7, { readout: "last_item" }),
  gruModel(7, { ownPadding: true, embeddingDropout: 0.2 }),
  sasRecModel(7, { readout: "all_positions", ownPadding: true, initialDeviation: 0.02 }),
];
const TIED: readonly NeuralModel[] = [
  gruModel(7, { embeddingDim: 9, hiddenDim: 9, tied: true }),
  sasRecModel(7, { tied: true }),
];

Deno.test("every architecture describes its models: item table, output, stacked tensors", () => {
  assertEquals(new Set(MODELS.map(architectureOf)), new Set(ARCHITECTURES));
  for (const model of MODELS) {
    const specs = parameterSpecs(model);
    const shapeOf = (name: string) => specs.find((spec) => spec.name === name)?.shape;
    const { weight, bias } = architectureOf(model).outputLayer(model);
    assertEquals(shapeOf(weight), [model.nItems, model.hiddenDim]);
    assertEquals(shapeOf(bias!), [model.nItems]);
    const table = specs.find(({ name }) => name === architectureOf(model).itemTable);
    assert(table !== undefined && table.shape[0] >= model.nItems);
    const padding = architectureOf(model).paddingRow(model);
    assertEquals(table.paddingRow, padding);
    // a row of its own is the last one, and course c stays row c
    if (padding > 0) assertEquals([padding, table.shape[0]], [model.nItems, model.nItems + 1]);
    const stacked = specs.filter((spec) => spec.stacked !== undefined);
    assert(stacked.length > 0 && stacked.every(({ shape, stacked }) => shape[0] % stacked! === 0));
  }
  assertEquals(
    MODELS.map((model) => architectureOf(model).readsLastColumn(model)),
    [false, true, false, false, false],
  );
});

Deno.test("a tied model has one table: its output layer, padding behind the courses", () => {
  for (const model of TIED) {
    const { itemTable, outputLayer, paddingRow } = architectureOf(model);
    const { weight, bias } = outputLayer(model);
    const specs = parameterSpecs(model);
    const table = specs.find(({ name }) => name === itemTable);
    assertEquals([weight, paddingRow(model)], [itemTable, 7]);
    assertEquals(table?.shape, [8, model.hiddenDim]);
    // what comes out of SASRec's last norm is √h long, the GRU's state is not
    const deviation = model.architecture === "gru" ? {} : { deviation: 0.02 };
    assertEquals(table?.init, { kind: "normal", ...deviation });
    // GRU4Rec's has a bias, SASRec none
    const names = specs.map(({ name }) => name).filter((name) => name.startsWith("fc."));
    assertEquals(names, model.architecture === "gru" ? ["fc.bias"] : []);
    assertEquals(bias, names[0]);
  }
  assertThrows(() => gruModel(7, { tied: true }), RangeError, "got 64 and 128");
});

Deno.test("models are known again after JSON", () => {
  for (const model of [...MODELS, ...TIED]) {
    assert(isNeuralModel(JSON.parse(JSON.stringify(model))));
  }
});

Deno.test("values that are no model of ours are told from models", () => {
  const gru = gruModel(7);
  const sasrec = sasRecModel(7);
  const values: readonly unknown[] = [
    null,
    7,
    "gru",
    [],
    {},
    { ...gru, architecture: "third" },
    { ...gru, architecture: "toString" },
    { ...gru, architecture: "sasrec" },
    { ...gru, hiddenDim: 0 },
    { ...gru, hiddenDim: 1.5 },
    { ...gru, embeddingDim: "64" },
    { ...gru, nItems: 10_000_001 },
    { ...gru, tied: true, ownPadding: true }, // two widths
    { ...gru, tied: false },
    { ...sasrec, tied: true },
    { ...sasrec, numHeads: 3 },
    { ...sasrec, numBlocks: 1001 },
    { ...sasrec, dropout: 1 },
    { ...sasrec, dropout: "0" },
    { ...sasrec, layerNormEps: 0 },
    { ...sasrec, readout: "middle" },
    { ...sasrec, ownPadding: "yes" },
    { ...gru, ownPadding: false },
    { ...gru, embeddingDropout: 1 },
    { ...gru, embeddingDropout: 0 },
    { ...sasrec, initialDeviation: 0 },
    { ...sasrec, initialDeviation: "0.02" },
  ];
  for (const value of values) assert(!isNeuralModel(value), JSON.stringify(value));
});

Deno.test("an architecture that there is not is refused by name", () => {
  assertThrows(
    () => parameterSpecs({ ...gruModel(7), architecture: "third" } as NeuralModel),
    InputError,
    'the unknown architecture "third". Expected: one of gru, sasrec',
  );
});
