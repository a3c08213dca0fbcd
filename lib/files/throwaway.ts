/**
 * Files that this process reads once and that go with their folder: neither atomic nor flushed.
 */
import { writeError } from "./atomic.ts";
import { host } from "./host.ts";

/** Writes `bytes` over whatever is at `path`. @throws InputError when there is no room. */
export async function writeThrowaway(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await host.writeFile(path, bytes);
  } catch (error) {
    throw writeError(path, error);
  }
}
