/** Reads an open file here and there. */
import { host, type HostFile } from "./host.ts";

/**
 * The size of an open file, in bytes; it stands at its end then. `stat` would ask for leave to read
 * the place that a link on its path leads to.
 */
export async function sizeOf(file: HostFile): Promise<number> {
  return await file.seek(0, host.SeekMode.End);
}

/** `count` bytes from `offset` on, fewer where the file ends before. */
export async function bytesAt(
  file: HostFile,
  offset: number,
  count: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(count);
  await file.seek(offset, host.SeekMode.Start);
  let at = 0;
  for (let n; at < count && (n = await file.read(bytes.subarray(at))) !== null;) at += n;
  return bytes.subarray(0, at);
}
