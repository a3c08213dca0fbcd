/**
 * Writes a folder of files so that it appears whole: beside its place first, then renamed into it.
 */
import { InputError, messageOf } from "../errors/input_error.ts";
import { parentOf, writeAtomic } from "./atomic.ts";

/**
 * Makes `folder` with the files. Where another program made it meanwhile, that one stays. @throws
 * InputError when it cannot be written.
 */
export async function writeFolder(
  folder: string,
  files: Iterable<{ readonly path: string; readonly bytes: Uint8Array }>,
): Promise<void> {
  const beside = `${parentOf(folder)}/.${
    folder.slice(folder.lastIndexOf("/") + 1)
  }.${crypto.randomUUID()}.partial`;
  try {
    for (const { path, bytes } of files) await writeAtomic(`${beside}/${path}`, bytes);
    await Deno.rename(beside, folder);
  } catch (error) {
    await Deno.remove(beside, { recursive: true }).catch(() => {});
    if (await Deno.stat(folder).then(() => true, () => false)) return;
    if (error instanceof InputError) throw error;
    throw new InputError({
      doing: `writing the folder ${folder}`,
      found: messageOf(error),
      wanted: "a folder that may be written",
    }, {
      cause: error,
    });
  }
}
