/** Which files a preparation reads, and in which order. */
// @ts-types="./picomatch.d.ts"
import picomatch from "picomatch";
import { compareCodePoints } from "../../dataset/dataset.ts";
import { InputError, show } from "../../errors/input_error.ts";

/** A file to read. */
export interface Input {
  readonly path: string;
  /** Columns that stand in its path, as Hive writes them: `year` of `year=2020/part.csv`. */
  readonly constants: Readonly<Record<string, string>>;
  /** The user whose file it is, where users are named by files. */
  readonly user?: string;
}

/**
 * The files that paths, folders and glob patterns name, each once, in the order named; those of a
 * folder or pattern in the order of their names. Names that begin with a dot or an underscore are
 * passed over (`.part-0.crc`, `_SUCCESS`), unless they are named themselves.
 * @throws InputError for one that names no file.
 */
export async function findInputs(
  names: readonly string[],
  userFromFilename: boolean,
): Promise<Input[]> {
  const paths = new Map<string, string>(); // and what named each
  for (const name of names) {
    const found = await filesOf(name.replace(/(?<=.)\/+$/, ""));
    if (found.length === 0) {
      throw new InputError({
        doing: "looking for the input files",
        found: `no file is named ${show(name)}`,
        wanted: "a file, a folder or a pattern",
      });
    }
    for (const path of found) if (!paths.has(path)) paths.set(path, name);
  }
  if (paths.size === 0) {
    throw new InputError({
      doing: "looking for the input files",
      found: "none are named",
      next: "--input with a file, a folder or a pattern",
    });
  }
  return [...paths.keys()].map((path) => ({
    path,
    constants: constantsOf(path),
    user: userFromFilename ? stemOf(path) : undefined,
  }));
}

async function filesOf(name: string): Promise<string[]> {
  const info = await Deno.stat(name).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw unreadable(name, error);
  });
  if (info?.isFile) return [name];
  if (info?.isDirectory) {
    const found = await sortedFiles(name, () => true);
    if (found.length > 0) return found;
    throw new InputError({
      doing: "looking for the input files",
      found: `the folder ${show(name)} holds none`,
      wanted: "files whose names do not begin with a dot or an underscore",
    });
  }
  if (info !== undefined) {
    throw new InputError({
      doing: `reading ${name}`,
      found: "it is no regular file",
      wanted: "a file, a folder or a pattern",
    });
  }
  const { isGlob, base } = picomatch.scan(name);
  if (!isGlob) return [];
  const matches = picomatch(name, { dot: false });
  const prefix = base === "" ? "" : `${base.replace(/\/+$/, "")}/`;
  return await sortedFiles(base === "" ? "." : base, (path) => matches(prefix + path));
}

/** The files below a folder whose relative path is wanted. Links to folders are not followed. */
async function sortedFiles(
  folder: string,
  wanted: (path: string) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  const visit = async (below: string) => {
    const at = below === "" ? folder : `${folder}/${below}`;
    try {
      for await (const { name, isDirectory, isFile, isSymlink } of Deno.readDir(at)) {
        if (/^[._]/.test(name)) continue;
        const path = below === "" ? name : `${below}/${name}`;
        if (isDirectory) await visit(path);
        else if ((isFile || (isSymlink && await isFileThere(`${at}/${name}`))) && wanted(path)) {
          found.push(path);
        }
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw unreadable(at, error);
    }
  };
  await visit("");
  const prefix = folder === "." ? "" : `${folder.replace(/\/$/, "")}/`;
  return found.sort(compareCodePoints).map((path) => prefix + path);
}

async function isFileThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}

function unreadable(path: string, error: unknown): unknown {
  if (error instanceof InputError) return error;
  return new InputError({
    doing: `reading ${path}`,
    found: error instanceof Error ? error.message : String(error),
    wanted: "a folder that may be read",
  }, { cause: error });
}

/** `key=value` folders of a path, with Hive's percent signs read. */
function constantsOf(path: string): Record<string, string> {
  const constants: Record<string, string> = {};
  for (const part of path.split("/").slice(0, -1)) {
    const [, key, value] = /^([^=]+)=(.*)$/.exec(part) ?? [];
    if (key === undefined || value === HIVE_NULL) continue;
    constants[key] = value.replaceAll(
      /(%[0-9a-f]{2})+/gi,
      (bytes) => {
        try {
          return decodeURIComponent(bytes);
        } catch {
          return bytes;
        }
      },
    );
  }
  return constants;
}

/** Hive's name for nothing. */
const HIVE_NULL = "__HIVE_DEFAULT_PARTITION__";

/** A file's name without folders and the endings that say how it is written. */
function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.replace(/\.(gz|zst|zip)$/i, "").replace(/(?<=.)\.[a-z]+$/i, "");
}
