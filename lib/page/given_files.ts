/// <reference lib="dom" />
/** What a person drops or chooses, as a data folder. */
import type { GivenFile } from "./messages.ts";

/** A data folder by its name. */
export interface Given {
  readonly name: string;
  readonly files: readonly GivenFile[];
}

/** A file with its path, or an entry of a drop. */
export type Source = { readonly path: string; readonly file: File } | FileSystemEntry;

/** Marks a prepared folder. */
const VOCABULARY = "vocab/course2id.json";

/** Reads the data folder that is among the files. @throws Error where none is. */
export async function givenOf(sources: readonly Source[]): Promise<Given> {
  const found: { readonly path: string; readonly file: File }[] = [];
  for (const source of sources) {
    if ("file" in source && "path" in source) found.push(source);
    else for await (const one of filesOf(source)) found.push(one);
  }
  const marks = found.filter(({ path }) => path === VOCABULARY || path.endsWith(`/${VOCABULARY}`));
  if (marks.length !== 1) {
    throw new Error(
      `looking for a data folder: found ${marks.length} among ${found.length} files, ` +
        `expected one that holds ${VOCABULARY}, as deno task prepare writes it`,
    );
  }
  const folder = marks[0].path.slice(0, -VOCABULARY.length);
  const inside = found.filter(({ path }) => path.startsWith(folder));
  const files = await Promise.all(inside.map(async ({ path, file }) => ({
    path: path.slice(folder.length),
    bytes: new Uint8Array(await file.arrayBuffer()),
  })));
  return { name: folder.replace(/\/$/, "").split("/").at(-1) || "data", files };
}

async function* filesOf(
  entry: FileSystemEntry,
): AsyncGenerator<{ readonly path: string; readonly file: File }> {
  if (isFolder(entry)) {
    const reader = entry.createReader();
    for (;;) { // a reader gives a hundred entries at a time
      const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject)
      );
      if (entries.length === 0) return;
      for (const inner of entries) yield* filesOf(inner);
    }
  }
  const path = entry.fullPath.replace(/^\//, "");
  if (isFile(entry)) {
    yield { path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) };
  }
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
