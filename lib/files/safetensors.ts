/**
 * Reads and writes safetensors: an 8-byte little-endian header length, a JSON header, then raw
 * little-endian buffers. F32 and I32 tensors, which is all that PyTorch's `state_dict` of our
 * networks holds, and F64 for counted models. Half precision (F16, BF16) is read as F32, which
 * holds every one of its values.
 */
import { InputError, show } from "../errors/input_error.ts";
import { decodeJson, isRecord } from "./json.ts";

/** A tensor as it lies in a file. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Float64Array;
}

/** Arrays by the format's names. */
const DTYPES = { F32: Float32Array, I32: Int32Array, F64: Float64Array } as const;

/** How the bytes of a tensor become an array, and how many a number has, by the format's names. */
const DECODERS = {
  F32: { bytes: 4, decode: (buffer: ArrayBuffer) => new Float32Array(buffer) },
  I32: { bytes: 4, decode: (buffer: ArrayBuffer) => new Int32Array(buffer) },
  F64: { bytes: 8, decode: (buffer: ArrayBuffer) => new Float64Array(buffer) },
  F16: { bytes: 2, decode: (buffer: ArrayBuffer) => new Float32Array(new Float16Array(buffer)) },
  BF16: { bytes: 2, decode: fromBrainFloats },
} as const;

const isDtype = (dtype: unknown): dtype is keyof typeof DECODERS =>
  typeof dtype === "string" && Object.hasOwn(DECODERS, dtype);

/** A bfloat16 is the upper half of a float32. */
function fromBrainFloats(buffer: ArrayBuffer): Float32Array {
  const bits = Uint32Array.from(new Uint16Array(buffer), (half) => half << 16);
  return new Float32Array(bits.buffer);
}

function dtypeOf({ data }: StoredTensor): string {
  return Object.entries(DTYPES).find(([, array]) => data instanceof array)![0];
}

/** Contents of a safetensors file. */
export interface SafeTensors {
  readonly tensors: Record<string, StoredTensor>;
  /** The header's `__metadata__`: texts only, by the format's definition. */
  readonly metadata: Record<string, string>;
}

/** A header beyond this is refused, as the reference implementation does. */
const MAX_HEADER_BYTES = 100_000_000;

/** Encodes tensors in the order given; buffers start at a multiple of 8 bytes. */
export function encodeSafeTensors({ tensors, metadata }: SafeTensors): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let offset = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    const { shape, data } = tensor;
    const dtype = dtypeOf(tensor);
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const buffers = Object.values(tensors).map(({ data }) =>
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  );
  return fileOf(header, buffers);
}

/**
 * A file with these texts among its metadata too; its tensors stay as they are. `bytes` are what
 * `encodeSafeTensors` made.
 */
export function withMetadata(
  bytes: Uint8Array,
  more: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const body = 8 + Number(view.getBigUint64(0, true));
  const { __metadata__: known, ...tensors } = parseHeader(bytes.subarray(8, body), (found) => {
    throw new RangeError(found);
  });
  const metadata = { ...(isRecord(known) ? known : {}), ...more };
  return fileOf({ __metadata__: metadata, ...tensors }, [bytes.subarray(body)]);
}

/** The bytes of a header, padded so that buffers start at a multiple of 8, and of the buffers. */
function fileOf(
  header: Readonly<Record<string, unknown>>,
  buffers: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const length = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  const file = new Uint8Array(8 + headerBytes + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, 8, 8 + headerBytes);
  file.set(text, 8);
  let at = 8 + headerBytes;
  for (const buffer of buffers) {
    file.set(buffer, at);
    at += buffer.length;
  }
  return file;
}

/**
 * Decodes a file's bytes; `path` is for messages. Every length is checked against the file before
 * anything is allocated.
 * @throws InputError naming the file and the tensor.
 */
export function decodeSafeTensors(bytes: Uint8Array, path: string): SafeTensors {
  const doing = `reading ${path}`;
  const fail = (found: string, wanted: string): never => {
    throw new InputError({
      doing,
      found,
      wanted,
      next: "use a file written by this program or by PyTorch's safetensors",
    });
  };
  if (bytes.length < 8) {
    fail(
      `the file has ${bytes.length} bytes`,
      "a safetensors file, which begins with an 8-byte header length",
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  const body = 8 + headerBytes;
  if (headerBytes > MAX_HEADER_BYTES || body > bytes.length) {
    fail(
      `the header claims ${headerBytes} bytes in a file of ${bytes.length}`,
      "a header inside the file",
    );
  }
  const header = parseHeader(bytes.subarray(8, body), fail);
  let taken = 0; // many tensors over the same bytes would take many times the file's memory
  const tensors: Record<string, StoredTensor> = {};
  const metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") {
      if (!isRecord(entry)) fail("__metadata__ is not an object", "an object of texts");
      for (const [key, value] of Object.entries(entry as Record<string, unknown>)) {
        if (typeof value !== "string") fail(`__metadata__.${key} is ${show(value)}`, "a text");
        metadata[key] = value as string;
      }
    } else {Object.defineProperty(tensors, name, {
        value: decodeTensor(name, entry),
        enumerable: true,
      });}
  }
  if (taken !== bytes.length - body) {
    fail(
      `the tensors claim ${taken} bytes of ${bytes.length - body}`,
      "every byte in one tensor",
    );
  }
  return { tensors, metadata };

  function decodeTensor(name: string, entry: unknown): StoredTensor {
    const where = `tensor ${show(name)}`;
    if (!isRecord(entry)) {
      return fail(`${where} is ${show(entry)}`, "an object with dtype, shape and data_offsets");
    }
    const { dtype, shape, data_offsets: range } = entry;
    if (!isDtype(dtype)) {
      return fail(
        `${where} has dtype ${show(dtype)}`,
        `one of ${Object.keys(DECODERS).join(", ")}`,
      );
    }
    if (!isCounts(shape)) return fail(`${where} has shape ${show(shape)}`, "a list of sizes");
    if (!isCounts(range) || range.length !== 2) {
      return fail(`${where} has data_offsets ${show(range)}`, "[begin, end]");
    }
    const [begin, end] = range;
    const count = shape.reduce((product, n) => product * n, 1);
    const size = DECODERS[dtype].bytes * count;
    if (begin > end || body + end > bytes.length || end - begin !== size) {
      return fail(
        `${where} of shape [${shape}] claims bytes ${begin} to ${end} of ${bytes.length - body}`,
        `${size} bytes inside the file`,
      );
    }
    if ((taken += end - begin) > bytes.length - body) {
      return fail(`${where} overlaps another`, "every byte in one tensor");
    }
    const { buffer } = bytes.slice(body + begin, body + end);
    return { shape, data: DECODERS[dtype].decode(buffer as ArrayBuffer) };
  }
}

function parseHeader(
  bytes: Uint8Array,
  fail: (found: string, wanted: string) => never,
): Record<string, unknown> {
  let header: unknown;
  try {
    header = decodeJson(bytes);
  } catch {
    fail("the header is not JSON in UTF-8", "a JSON object");
  }
  if (!isRecord(header)) fail("the header is not a JSON object", "a JSON object");
  return header as Record<string, unknown>;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
