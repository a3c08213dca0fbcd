/** Which files a preparation reads, in which order, and how each is written. */
import { createHash } from "node:crypto";
import { Duplex } from "node:stream";
import { createZstdDecompress } from "node:zlib";
import type { Fingerprint } from "../files/fingerprint.ts";
import { findFiles } from "../files/find_files.ts";
import { InputError, messageOf, show } from "../errors/input_error.ts";
import type { Format } from "./options.ts";

/** A file to read. */
export interface Input {
  readonly path: string;
  readonly format: Exclude<Format, "auto">;
}

/**
 * The files that paths and glob patterns name, each once. @throws InputError for a pattern without
 * files or a name that tells no format.
 */
export async function findInputs(
  patterns: readonly string[],
  format: Format,
): Promise<Input[]> {
  const paths = new Set<string>();
  for (const pattern of patterns) {
    const doing = "looking for the input files";
    const wanted = "a file or a pattern";
    const found = await findFiles(pattern, { doing, wanted });
    if (found.length === 0) {
      throw new InputError({ doing, found: `no file is named ${show(pattern)}`, wanted });
    }
    for (const path of found) paths.add(path);
  }
  if (paths.size === 0) {
    throw new InputError({
      doing: "looking for the input files",
      found: "none are named",
      next: "name some with --input",
    });
  }
  return [...paths].map((path) => ({ path, format: format === "auto" ? formatOf(path) : format }));
}

/** The format that a file's name tells. */
function formatOf(path: string): Input["format"] {
  const ending = /\.([a-z]+)$/i.exec(path.replace(/\.(gz|zst)$/i, ""))?.[1].toLowerCase() ?? "";
  const formats: Record<string, Input["format"]> = {
    csv: "csv",
    tsv: "tsv",
    tab: "tsv",
    ndjson: "ndjson",
    jsonl: "ndjson",
    parquet: "parquet",
    pq: "parquet",
  };
  if (Object.hasOwn(formats, ending)) return formats[ending];
  throw new InputError({
    doing: `reading ${path}`,
    found: "its name does not tell how it is written",
    wanted: "a name that ends in .csv, .tsv, .ndjson, .jsonl or .parquet, perhaps with .gz or .zst",
    next: "say how with --format (a .json file may be ndjson or xuetangx)",
  });
}

/** Bytes and SHA-256 of a file of any size. */
export async function fingerprint(path: string, signal?: AbortSignal): Promise<Fingerprint> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    using file = await Deno.open(path);
    const buffer = new Uint8Array(1 << 20);
    for (let n; (n = await file.read(buffer)) !== null;) {
      signal?.throwIfAborted();
      hash.update(buffer.subarray(0, n));
      bytes += n;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new InputError({
      doing: `reading ${path}`,
      found: messageOf(error),
      wanted: "a readable file",
    }, { cause: error });
  }
  return { path, bytes, sha256: hash.digest("hex") };
}

/**
 * A file's bytes, decompressed by its name's ending. @throws InputError when it cannot be read or
 * is not so compressed.
 */
export async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* decompressed(await Deno.open(path), path);
  } catch (error) {
    throw new InputError({
      doing: `reading ${path}`,
      found: messageOf(error),
      wanted: "a whole, readable file",
    }, { cause: error });
  }
}

function decompressed(file: Deno.FsFile, path: string): ReadableStream<Uint8Array> {
  if (/\.gz$/i.test(path)) return file.readable.pipeThrough(new DecompressionStream("gzip"));
  if (/\.zst$/i.test(path)) {
    // deno-lint-ignore no-explicit-any -- Node's and the web's stream types do not know each other
    return file.readable.pipeThrough(Duplex.toWeb(createZstdDecompress()) as any);
  }
  return file.readable;
}
