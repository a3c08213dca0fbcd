/**
 * TFRecord: how an event file holds its events one after the other (TensorFlow,
 * `record_writer.cc`). The checksums tell a record that a kill has cut.
 */
import { crc32c } from "./crc32c.ts";

/** Added to a rotated checksum, so that the checksum of a record in a record is another one. */
const MASK_DELTA = 0xa282ead8;

/** [length: uint64, its checksum, data, their checksum], little-endian. */
export function tfRecord(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return record;
}

function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}
