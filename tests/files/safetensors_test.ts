import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { decodeSafeTensors, encodeSafeTensors } from "../../lib/files/safetensors.ts";

const file = {
  tensors: {
    a: { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, NaN, Infinity) },
    "b.c": { shape: [], data: Int32Array.of(-7) },
    empty: { shape: [0], data: new Float32Array(0) },
    wide: { shape: [3], data: Float64Array.of(1 / 3, -Infinity, 5e-324) },
  },
  metadata: { format: "pt", note: "ü" },
};

Deno.test("what is written is read again, and the same bytes come out", () => {
  const bytes = encodeSafeTensors(file);
  const back = decodeSafeTensors(bytes, "x");
  assertEquals(back, file);
  assertEquals(encodeSafeTensors(back), bytes);
  assertEquals(new DataView(bytes.buffer).getBigUint64(0, true) % 8n, 0n);
});

Deno.test("PyTorch's own file reads", () => {
  const { tensors } = decodeSafeTensors(
    Deno.readFileSync(new URL("../fixtures/gru_notebook.safetensors", import.meta.url)),
    "gru_notebook",
  );
  assertEquals(tensors["initial/gru.weight_hh_l0"].shape, [384, 128]);
});

const withHeader = (header: unknown, body = new Uint8Array(24)) => {
  const text = typeof header === "string" ? header : JSON.stringify(header);
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(new TextEncoder().encode(text), 8);
  return bytes;
};
const good = { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] };

for (
  const [what, bytes, part] of [
    ["an empty file", new Uint8Array(0), "0 bytes"],
    ["a header longer than the file", withHeader({}).subarray(0, 9), "claims"],
    ["a header of 2^63 bytes", Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 1), "claims"],
    ["no JSON", withHeader("{nope"), "not JSON"],
    ["a list", withHeader([]), "not a JSON object"],
    ["another dtype", withHeader({ t: { ...good, dtype: "I64" } }), '"I64"'],
    ["a negative size", withHeader({ t: { ...good, shape: [-2, -3] } }), "shape"],
    ["a shape beyond its bytes", withHeader({ t: { ...good, shape: [1e9, 1e9] } }), "claims bytes"],
    [
      "bytes beyond the file",
      withHeader({ t: { ...good, data_offsets: [8, 32] } }),
      "claims bytes",
    ],
    [
      "an end before the beginning",
      withHeader({ t: { ...good, data_offsets: [24, 0] } }),
      "claims bytes",
    ],
    ["metadata that are no texts", withHeader({ __metadata__: { a: 1 } }), "__metadata__.a"],
    ["tensors over the same bytes", withHeader({ t: good, u: good }), "overlaps"],
    [
      "bytes in no tensor",
      withHeader({ t: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }),
      "claim 4 bytes of 24",
    ],
    ["a tensor that is a number", withHeader({ t: 5 }), '"t"'],
  ] as [string, Uint8Array, string][]
) {
  Deno.test(`refused: ${what}`, () => {
    const { message } = assertThrows(
      () => decodeSafeTensors(bytes, "some/file.safetensors"),
      InputError,
    );
    assertStringIncludes(message, "some/file.safetensors");
    assertStringIncludes(message, part);
  });
}

Deno.test("a tensor named __proto__ is a tensor", () => {
  const bytes = withHeader('{"__proto__":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}');
  const { tensors } = decodeSafeTensors(bytes, "x");
  assert(
    Object.hasOwn(tensors, "__proto__") && Object.getPrototypeOf(tensors) === Object.prototype,
  );
});
