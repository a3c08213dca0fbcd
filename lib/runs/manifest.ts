/** What a run wrote: path, size and SHA-256 of every artifact, gathered as it writes. */
import { type Fingerprint, sha256 } from "../files/input_file.ts";
import { writeAtomic } from "../files/atomic.ts";
import { within } from "../files/confine.ts";
import type { RunIdentity } from "./run_folder.ts";

/** Writes files below the project's folder and remembers their fingerprints. */
export interface ArtifactWriter {
  /** Writes one artifact; `path` is relative to the project's folder. */
  write(path: string, contents: Uint8Array<ArrayBuffer> | string): Promise<void>;
  /** Writes a value as JSON. */
  writeJson(path: string, value: unknown): Promise<void>;
  /** Counts in a file that was written before this run was taken up again. */
  adopt(artifact: Fingerprint): void;
  /** Fingerprints so far, in the order of writing, the last version of each path. */
  artifacts(): Fingerprint[];
}

/** A writer for one run. */
export function artifactWriter({ root }: Pick<RunIdentity, "root">): ArtifactWriter {
  const written = new Map<string, Fingerprint>();
  const write = async (path: string, contents: Uint8Array<ArrayBuffer> | string) => {
    const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
    await writeAtomic(await within(root, path), bytes);
    written.set(path, { path, bytes: bytes.length, sha256: await sha256(bytes) });
  };
  return {
    write,
    writeJson: (path, value) => write(path, `${JSON.stringify(value, null, 2)}\n`),
    adopt: (artifact) => void written.set(artifact.path, artifact),
    artifacts: () => [...written.values()],
  };
}
