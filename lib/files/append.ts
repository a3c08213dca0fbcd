/** Files that only grow: what is there stays, and a reader may follow them meanwhile. */
import { dirname } from "node:path";
import { writeError } from "./atomic.ts";
import { host } from "./host.ts";
import { checkWritable } from "./permitted.ts";

/**
 * Adds bytes to the end of a file of one writer, which is made in a folder that is there. A kill
 * may leave a part of them: the format has to tell. @throws InputError as `writeAtomic`.
 */
export async function appendFile(path: string, bytes: Uint8Array): Promise<void> {
  await checkWritable(dirname(path));
  try {
    using file = await host.open(path, { write: true, create: true });
    await file.seek(0, host.SeekMode.End);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  } catch (error) {
    throw writeError(path, error);
  }
}
