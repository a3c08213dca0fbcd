/**
 * Files in memory in place of the system's: what a browser page's runs are written to and read
 * from. It keeps what `host.ts` promises, locks between open files among it; there are no links.
 */
import type { FileInfo, FolderEntry, Host, HostFile, OpenOptions } from "./host.ts";

/** A file or folder. */
interface Node {
  readonly ino: number;
  mtime: Date;
  /** A file's bytes and how many of them count; undefined: a folder. */
  file?: { bytes: Uint8Array<ArrayBuffer>; size: number; locked: boolean };
}

class NotFound extends Error {
  override readonly name = "NotFound";
}
class AlreadyExists extends Error {
  override readonly name = "AlreadyExists";
}
class NotADirectory extends Error {
  override readonly name = "NotADirectory";
}
class FilesystemLoop extends Error {
  override readonly name = "FilesystemLoop";
}

const START = 0;
const END = 2;

/** An empty file system; `versions` are what a run says it was made with. */
export function memoryHost(versions: Pick<Host, "version" | "build">): Host {
  const nodes = new Map<string, Node>();
  let count = 0;
  const newNode = (file?: Node["file"]): Node => ({ ino: ++count, mtime: new Date(), file });
  nodes.set("/", newNode());

  function nodeAt(path: string): Node {
    const node = nodes.get(absolute(path));
    if (node === undefined) throw new NotFound(`no such file or folder: ${path}`);
    return node;
  }
  function fileAt(path: string): NonNullable<Node["file"]> {
    const { file } = nodeAt(path);
    if (file === undefined) throw new Error(`it is a folder: ${path}`);
    return file;
  }
  function checkParent(path: string): void {
    const node = nodes.get(parentOf(path));
    if (node === undefined) throw new NotFound(`no such folder: ${parentOf(path)}`);
    if (node.file !== undefined) throw new NotADirectory(`not a folder: ${parentOf(path)}`);
  }
  function* below(path: string): Generator<string> {
    const folder = path === "/" ? "/" : `${path}/`;
    for (const other of nodes.keys()) if (other.startsWith(folder) && other !== path) yield other;
  }
  function makeFolder(path: string, recursive: boolean): void {
    const there = nodes.get(path);
    if (there !== undefined) {
      if (recursive && there.file === undefined) return;
      throw new AlreadyExists(`it is there already: ${path}`);
    }
    if (recursive) makeFolder(parentOf(path), true);
    checkParent(path);
    nodes.set(path, newNode());
  }
  function write(path: string, options: OpenOptions): Node {
    const there = nodes.get(path);
    if (there?.file !== undefined) {
      if (options.truncate) there.file.size = 0;
      return there;
    }
    if (there !== undefined) throw new Error(`it is a folder: ${path}`);
    if (!options.create) throw new NotFound(`no such file: ${path}`);
    checkParent(path);
    const node = newNode({ bytes: new Uint8Array(0), size: 0, locked: false });
    nodes.set(path, node);
    return node;
  }
  function rename(from: string, to: string): void {
    const [source, target] = [absolute(from), absolute(to)];
    const node = nodeAt(from);
    checkParent(target);
    const there = nodes.get(target);
    if (there !== undefined && there.file === undefined && node.file !== undefined) {
      throw new Error(`it is a folder: ${to}`);
    }
    if (there !== undefined && node.file === undefined && !below(target).next().done) {
      throw new AlreadyExists(`the folder is not empty: ${to}`);
    }
    const moved = [...below(source)];
    for (const path of [source, ...moved]) {
      nodes.set(target + path.slice(source.length), nodes.get(path)!);
      nodes.delete(path);
    }
  }
  const stat = (path: string) => Promise.resolve().then(() => infoOf(nodeAt(path)));

  return {
    ...versions,
    errors: { NotFound, AlreadyExists, NotADirectory, FilesystemLoop },
    SeekMode: { Start: START, End: END },
    permissions: { querySync: () => ({ state: "granted" }) },
    open: async (path, options = {}) => {
      await undefined;
      const node = options.write ? write(absolute(path), options) : nodeAt(path);
      return openNode(node);
    },
    readFile: async (path) => {
      await undefined;
      const { bytes, size } = fileAt(path);
      return bytes.slice(0, size);
    },
    readTextFile: async (path) => {
      await undefined;
      const { bytes, size } = fileAt(path);
      return new TextDecoder().decode(bytes.subarray(0, size));
    },
    writeFile: async (path, bytes) => {
      await undefined;
      const node = write(absolute(path), { create: true });
      Object.assign(node.file!, { bytes: bytes.slice(), size: bytes.length });
      node.mtime = new Date();
    },
    rename: async (from, to) => {
      await undefined;
      rename(from, to);
    },
    renameSync: rename,
    mkdir: async (path, { recursive = false } = {}) => {
      await undefined;
      makeFolder(absolute(path), recursive);
    },
    remove: async (path, { recursive = false } = {}) => {
      await undefined;
      nodeAt(path);
      const inside = [...below(absolute(path))];
      if (inside.length > 0 && !recursive) throw new Error(`the folder is not empty: ${path}`);
      for (const one of [...inside, absolute(path)]) nodes.delete(one);
    },
    readDir: async function* (path): AsyncGenerator<FolderEntry> {
      await undefined;
      const folder = absolute(path);
      if (nodeAt(path).file !== undefined) throw new NotADirectory(`not a folder: ${path}`);
      for (const child of [...below(folder)].filter((one) => parentOf(one) === folder)) {
        const { isFile, isDirectory } = infoOf(nodes.get(child)!);
        const name = child.slice(child.lastIndexOf("/") + 1);
        yield { name, isFile, isDirectory, isSymlink: false };
      }
    },
    stat,
    lstat: stat,
    realPath: async (path) => {
      await undefined;
      nodeAt(path);
      return absolute(path);
    },
  };
}

/** A path from the root, without `.`, `..` and doubled slashes. */
function absolute(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}

function infoOf({ ino, mtime, file }: Node): FileInfo {
  return {
    isFile: file !== undefined,
    isDirectory: file === undefined,
    isSymlink: false,
    isFifo: false,
    isSocket: false,
    isBlockDevice: false,
    isCharDevice: false,
    size: file?.size ?? 0,
    mtime,
    ino,
    dev: 0,
  };
}

/** A handle on a file, or on a folder that is to be flushed. */
function openNode(node: Node): HostFile {
  let at = 0;
  let holds = false;
  const close = () => {
    if (holds) node.file!.locked = false;
    holds = false;
  };
  return {
    read: (into) => {
      const { bytes, size } = node.file!;
      const part = bytes.subarray(at, Math.min(size, at + into.length));
      into.set(part);
      at += part.length;
      return Promise.resolve(part.length === 0 && into.length > 0 ? null : part.length);
    },
    write: (from) => {
      const file = node.file!;
      const end = at + from.length;
      if (end > file.bytes.length) {
        const grown = new Uint8Array(Math.max(end, 2 * file.bytes.length));
        grown.set(file.bytes.subarray(0, file.size));
        file.bytes = grown;
      }
      file.bytes.set(from, at);
      file.size = Math.max(file.size, end);
      node.mtime = new Date();
      at = end;
      return Promise.resolve(from.length);
    },
    seek: (offset, whence) =>
      Promise.resolve(at = Number(offset) + (whence === END ? node.file!.size : 0)),
    sync: () => Promise.resolve(),
    stat: () => Promise.resolve(infoOf(node)),
    tryLock: () => {
      if (node.file === undefined || node.file.locked) return Promise.resolve(false);
      node.file.locked = true;
      holds = true;
      return Promise.resolve(true);
    },
    close,
    [Symbol.dispose]: close,
  };
}
