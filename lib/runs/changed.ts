/** Which files of a finished run are no longer as it wrote them. */
import { InputError } from "../errors/input_error.ts";
import { host } from "../files/host.ts";
import { readBytes } from "../files/input_file.ts";
import { parseDocument, readChecked } from "./read_run.ts";
import { MANIFEST } from "./run_documents.ts";
import { outDirOf, type RunPlace } from "./run_folder.ts";

/**
 * Paths, in the run's folder, of files that are gone or not as the manifest of the finished run has
 * them. Every file's size is compared, and the SHA-256 of those up to `hashed` bytes.
 * @throws InputError when the manifest cannot be read.
 */
export async function changedFiles(
  root: string,
  tag: string,
  place: RunPlace,
  hashed = Infinity,
): Promise<string[]> {
  const folder = `${outDirOf(tag, place)}/`;
  const path = `${root}/${folder}manifest.json`;
  const bytes = await readBytes(path, { doing: `reading ${path}` });
  const { artifacts } = parseDocument(MANIFEST, bytes, path);
  const own = artifacts.filter(({ path }) =>
    // copies that a later run may replace lie elsewhere
    path.startsWith(folder) && !path.split("/").includes("..")
  );
  const changed: string[] = [];
  for (const { path, bytes } of own) {
    const size = await host.stat(`${root}/${path}`).then(({ size }) => size, () => undefined);
    const isSame = size === bytes && (bytes > hashed || await isAsWritten(root, path, own));
    if (!isSame) changed.push(path.slice(folder.length));
  }
  return changed;
}

async function isAsWritten(...file: Parameters<typeof readChecked>): Promise<boolean> {
  try {
    await readChecked(...file);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
