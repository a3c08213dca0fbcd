/** Which files a preparation reads, and in which order. */
import { basename, normalize } from "node:path/posix";
import { InputError, show } from "../../errors/input_error.ts";
import { findFiles } from "../../files/find_files.ts";
import { host } from "../../files/host.ts";

/** A file to read. */
export interface Input {
  readonly path: string;
  /** Columns that stand in its path, as Hive writes them: `year` of `year=2020/part.csv`. */
  readonly constants: Readonly<Record<string, string>>;
  /** The user whose file it is, where users are named by files. */
  readonly user?: string;
}

const EXPECTED = {
  doing: "looking for the input files",
  wanted: "a file, a folder or a pattern",
};

/**
 * The files that paths, folders and glob patterns name, each once, in the order named; those of a
 * folder or pattern in the order of their names. Names that begin with a dot or an underscore are
 * passed over (`.part-0.crc`, `_SUCCESS`), unless they are named themselves.
 * @throws InputError for one that names no file, or a device, a pipe or a link elsewhere.
 */
export async function findInputs(
  names: readonly string[],
  userFromFilename: boolean,
): Promise<Input[]> {
  const paths = new Set<string>();
  for (const name of names) {
    const found = await filesOf(name);
    if (found.length === 0) {
      throw new InputError({ ...EXPECTED, found: `no file is named ${show(name)}` });
    }
    for (const path of found) paths.add(path);
  }
  if (paths.size === 0) {
    throw new InputError({
      ...EXPECTED,
      found: "none are named",
      next: "--input with a file, a folder or a pattern",
    });
  }
  return [...paths].map((path) => ({
    path,
    constants: constantsOf(path),
    user: userFromFilename ? stemOf(path) : undefined,
  }));
}

async function filesOf(name: string): Promise<string[]> {
  const isFolder = await host.stat(name).then((info) => info.isDirectory, () => false);
  if (!isFolder) return (await findFiles(name, EXPECTED)).filter(isShown(name));
  // a pattern's letters in the folder's name are letters here
  const folder = normalize(name).replace(/\/$/, "").replaceAll(/[*?[]/g, "[$&]");
  const found = (await findFiles(`${folder}/**`, EXPECTED)).filter(isShown(folder));
  if (found.length > 0) return found;
  throw new InputError({
    ...EXPECTED,
    found: `the folder ${show(name)} holds none`,
    wanted: "files whose names do not begin with a dot or an underscore",
  });
}

/** Says of a path whether the parts that a pattern does not spell out may be read. */
function isShown(pattern: string): (path: string) => boolean {
  const spelt = new Set(normalize(pattern).split("/"));
  return (path) => path.split("/").every((part) => !part.startsWith("_") || spelt.has(part));
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
  return basename(path).replace(/\.(gz|zst|zip)$/i, "").replace(/(?<=.)\.[a-z]+$/i, "");
}
