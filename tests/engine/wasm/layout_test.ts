import { assert, assertEquals } from "@std/assert";
import { layoutOf, readTensor, writeTensor } from "../../../lib/engine/wasm/layout.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import { parameterSpecs } from "../../../lib/models/neural.ts";
import { sasRecModel } from "../../../lib/models/sasrec.ts";

for (
  const model of [
    gruModel(7, { embeddingDim: 5, hiddenDim: 6 }),
    sasRecModel(7, { hiddenDim: 6, feedForwardDim: 9, maxLen: 3 }),
    gruModel(7, { embeddingDim: 6, hiddenDim: 6, tied: true }),
    sasRecModel(7, { hiddenDim: 6, feedForwardDim: 9, maxLen: 3, tied: true }),
  ]
) {
  const name = `${model.tied ? "tied " : ""}${model.architecture}`;
  Deno.test(`the tensors of a ${name} lie apart, whole, with zeros between`, () => {
    const { tensors, itemTable, output, dense, size } = layoutOf(model);
    const region = new Float32Array(size);
    const specs = parameterSpecs(model);
    assertEquals(tensors.map(({ name }) => name), specs.map(({ name }) => name));
    const dataOf = (length: number, i: number) => new Float32Array(length).fill(i + 1);
    tensors.forEach((tensor, i) =>
      writeTensor(region, tensor, dataOf(tensor.shape.reduce((a, b) => a * b), i))
    );
    tensors.forEach((tensor, i) => {
      const { shape, data } = readTensor(region, tensor);
      assertEquals(shape, specs[i].shape);
      assert(data.every((value) => value === i + 1), tensor.name);
      assert(tensor.offset % 4 === 0 && tensor.stride % 4 === 0);
    });
    const values = specs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0);
    assertEquals(region.filter((value) => value !== 0).length, values);
    assertEquals(itemTable.offset, 0);
    const behind = model.tied ? output.bias : output.weight;
    assertEquals(dense, [itemTable.rows * itemTable.stride, behind?.offset ?? size]);
    assertEquals(output.weight === itemTable, model.tied === true);
    assert(output.bias === undefined || output.bias.offset > output.weight.offset);
    for (const { name, offset } of tensors) {
      const inMiddle = offset >= dense[0] && offset < dense[1];
      const special = [itemTable, output.weight, output.bias].some((one) => one?.name === name);
      assertEquals(inMiddle, !special, name);
    }
  });
}
