/** What a run wrote: path, size and SHA-256 of every artifact, gathered as it writes. */
import { writeAtomic, writeJson } from "../files/atomic.ts";
import { within } from "../files/confine.ts";
import { InputError } from "../errors/input_error.ts";
import { type Fingerprint, fingerprintOf, sha256 } from "../files/fingerprint.ts";
import { readBytes } from "../files/input_file.ts";
import { jsonText } from "../files/json.ts";
import type { FinishedRun } from "./read_run.ts";
import type { RunIdentity } from "./run_folder.ts";

/** Writes files into a run's folder and remembers their fingerprints. */
export interface ArtifactWriter {
  /** Writes one artifact; `path` is relative to the project's folder. */
  write(path: string, contents: Uint8Array<ArrayBuffer> | string): Promise<void>;
  /** Writes a value as JSON. */
  writeJson(path: string, value: unknown): Promise<void>;
  /** Counts in a file that was written before this run was taken up again. */
  adopt(artifact: Fingerprint): void;
  /** Whether the file is what it was when it was written or adopted. */
  isAsWritten(path: string): Promise<boolean>;
  /** Fingerprints so far, in the order of writing, the last version of each path. */
  artifacts(): Fingerprint[];
}

/** A writer for one run. */
export function artifactWriter({ root }: Pick<RunIdentity, "root">): ArtifactWriter {
  const written = new Map<string, Fingerprint>();
  const write = async (path: string, contents: Uint8Array<ArrayBuffer> | string) => {
    written.set(path, await writeArtifact(root, path, contents));
  };
  return {
    write,
    writeJson: (path, value) => write(path, jsonText(value)),
    adopt: (artifact) => void written.set(artifact.path, artifact),
    async isAsWritten(path) {
      try {
        const bytes = await readBytes(`${root}/${path}`, { doing: `reading ${root}/${path}` });
        return await sha256(bytes) === written.get(path)?.sha256;
      } catch (error) {
        if (error instanceof InputError) return false;
        throw error;
      }
    },
    artifacts: () => [...written.values()],
  };
}

async function writeArtifact(
  root: string,
  path: string,
  contents: Uint8Array<ArrayBuffer> | string,
): Promise<Fingerprint> {
  const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
  await writeAtomic(await within(root, path), bytes, { keepsFolders: true });
  return await fingerprintOf(path, bytes);
}

/** The page's name in a run's folder. */
export const PAGE = "report.html";

/**
 * Writes a finished run's page again, and the manifest with its new fingerprint; every other
 * artifact stays as it was. Returns the page's path.
 */
export async function writePage(
  { root, folder, outDir, manifest }: Pick<FinishedRun, "root" | "folder" | "outDir" | "manifest">,
  markup: string,
): Promise<string> {
  const page = await writeArtifact(root, `${outDir}/${PAGE}`, markup);
  const artifacts = [...manifest.artifacts];
  const known = artifacts.findIndex(({ path }) => path === page.path);
  artifacts[known < 0 ? artifacts.length : known] = page;
  await writeJson(await within(root, `${outDir}/manifest.json`), { ...manifest, artifacts });
  return `${folder}/${PAGE}`;
}
