/** Replaces the folder that is named by one of two files: `FOLDER TEXT`. */
import { InputError } from "../../../lib/errors/input_error.ts";
import { writeFiles, writeFolder } from "../../../lib/files/write_folder.ts";

/**
 * Replaces a folder; whether it could be done. What is thrown otherwise must be told to the user.
 */
export async function replace(folder: string, text: string): Promise<boolean> {
  const bytes = new TextEncoder().encode(text);
  const files = ["a", "sub/b"].map((path) => ({ path, bytes }));
  try {
    await writeFolder(folder, { owned: ["a", "sub"] }, (fresh) => writeFiles(fresh, files));
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

if (import.meta.main) await replace(Deno.args[0], Deno.args[1]);
