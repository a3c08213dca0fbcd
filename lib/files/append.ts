/** Files that only grow: what is there stays, and a reader may follow them meanwhile. */
import { dirname } from "node:path";
import { writeError } from "./atomic.ts";
import { checkWritable } from "./permitted.ts";

/**
 * Adds bytes to the end of a file, which is made in a folder that is there. A kill may leave a part
 * of them: the format has to tell. @throws InputError as `writeAtomic`.
 */
export async function appendFile(path: string, bytes: Uint8Array): Promise<void> {
  await checkWritable(dirname(path));
  try {
    using file = await Deno.open(path, { append: true, create: true });
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  } catch (error) {
    throw writeError(path, error);
  }
}
