/// <reference lib="dom" />
/** What a person drops or chooses, as a data folder. */
import { counted } from "../errors/counted.ts";
import { messageOf } from "../errors/input_error.ts";
import type { GivenFile } from "./messages.ts";

/** A data folder or a log, by its name. */
export interface Given {
  readonly kind: "folder" | "log";
  readonly name: string;
  readonly files: readonly GivenFile[];
}

/** A file with its path, or an entry of a drop. */
export type Source = { readonly path: string; readonly file: File } | FileSystemEntry;

/** What is dropped: folders as entries, and files as such, which a page from disk may read too. */
export function sourcesOf({ items }: DataTransfer): Source[] {
  return [...items].flatMap((item) => {
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) return entry;
    return file === null ? [] : { path: file.name, file };
  });
}

/** Marks a prepared folder. */
const VOCABULARY = "vocab/course2id.json";

/** Logs that the page reads. */
const LOG = /(\.(csv|tsv|tab|json|jsonl|ndjson)(\.(gz|zip))?|\.(parquet|pq))$/i;

/** Reads the data folder or the log that is among the files. @throws Error where none is. */
export async function givenOf(sources: readonly Source[]): Promise<Given> {
  const found: { readonly path: string; readonly file: File }[] = [];
  for (const source of sources) {
    if ("path" in source) found.push(source);
    else found.push(...await filesBelow(source));
  }
  const marks = found.filter(({ path }) => path === VOCABULARY || path.endsWith(`/${VOCABULARY}`));
  if (marks.length === 1) {
    const folder = marks[0].path.slice(0, -VOCABULARY.length);
    const name = folder.replace(/\/$/, "").split("/").at(-1) || "data";
    const inside = found.filter(({ path }) => path.startsWith(folder));
    return { kind: "folder", name, files: await read(inside, folder.length) };
  }
  const logs = found.filter(({ path }) => LOG.test(path));
  if (marks.length === 0 && logs.length > 0) {
    return { kind: "log", name: logs[0].path, files: await read(logs, 0) };
  }
  throw new Error(
    `looking for data among ${counted(found.length, "file")}: found ${
      counted(marks.length, "folder")
    } with ` +
      `${VOCABULARY} and ${
        counted(logs.length, "log")
      }, expected one folder that deno task prepare wrote, ` +
      "or logs in CSV, TSV or JSON (.gz and .zip too) or Parquet",
  );
}

/** Reads files; their paths begin behind so many characters. */
async function read(
  found: readonly { readonly path: string; readonly file: File }[],
  from: number,
): Promise<GivenFile[]> {
  return await Promise.all(found.map(async ({ path, file }) => ({
    path: path.slice(from),
    bytes: new Uint8Array(await file.arrayBuffer()),
  })));
}

/** @throws Error where the browser gives a page from disk nothing of a dropped folder. */
async function filesBelow(entry: FileSystemEntry): Promise<{ path: string; file: File }[]> {
  try {
    return await Array.fromAsync(filesOf(entry));
  } catch (error) {
    throw new Error(
      `reading the dropped folder ${entry.name}: the browser does not let this page ` +
        `(${messageOf(error).replace(/\.$/, "")}). Try: Choose a folder`,
      { cause: error },
    );
  }
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
