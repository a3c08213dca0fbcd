/** Writes a run's page again, and the manifest with its new fingerprint. */
import { sha256 } from "../files/input_file.ts";
import { writeAtomic, writeJson } from "../files/atomic.ts";
import { within } from "../files/confine.ts";
import type { FinishedRun } from "./read_run.ts";

/** The page's name in a run's folder. */
export const PAGE = "report.html";

/**
 * Writes the page into the run's folder and returns its path. Every other artifact stays as it was.
 */
export async function writePage(
  { root, folder, outDir, manifest }: FinishedRun,
  markup: string,
): Promise<string> {
  const bytes = new TextEncoder().encode(markup);
  const path = `${outDir}/${PAGE}`;
  const entry = { path, bytes: bytes.length, sha256: await sha256(bytes) };
  const known = manifest.artifacts.some((artifact) => artifact.path === path);
  const artifacts = known
    ? manifest.artifacts.map((artifact) => artifact.path === path ? entry : artifact)
    : [...manifest.artifacts, entry];
  await writeAtomic(await within(root, path), bytes);
  await writeJson(await within(root, `${outDir}/manifest.json`), { ...manifest, artifacts });
  return `${folder}/${PAGE}`;
}
