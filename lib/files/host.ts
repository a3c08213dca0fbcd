/**
 * What the suite asks of the system that it runs on: files, locks, what may be read, versions. On a
 * command line that is Deno. A bundle for browsers takes `memory_host.ts` in place of this module.
 */

/** An open file. */
export type HostFile =
  & Pick<
    Deno.FsFile,
    "read" | "write" | "seek" | "sync" | "tryLock" | "close" | typeof Symbol.dispose
  >
  & { stat(): Promise<FileInfo> };

/** What a path is. */
export type FileInfo = Pick<
  Deno.FileInfo,
  | "isFile"
  | "isDirectory"
  | "isSymlink"
  | "isFifo"
  | "isSocket"
  | "isBlockDevice"
  | "isCharDevice"
  | "size"
  | "mtime"
  | "ino"
  | "dev"
>;

/** What stands in a folder. */
export type FolderEntry = Deno.DirEntry;

/** How a file is opened. */
export type OpenOptions = Pick<Deno.OpenOptions, "read" | "write" | "create" | "truncate">;

type ErrorType = new (message?: string) => Error;

/** The system. Functions are those of `Deno` of the same names, as far as they are used. */
export interface Host {
  open(path: string, options?: OpenOptions): Promise<HostFile>;
  readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  readTextFile(path: string): Promise<string>;
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  renameSync(from: string, to: string): void;
  mkdir(path: string, options?: { readonly recursive?: boolean }): Promise<void>;
  remove(path: string, options?: { readonly recursive?: boolean }): Promise<void>;
  readDir(path: string): AsyncIterable<FolderEntry>;
  stat(path: string): Promise<FileInfo>;
  lstat(path: string): Promise<FileInfo>;
  realPath(path: string): Promise<string>;
  readonly permissions: {
    querySync(asked: { readonly name: "read" | "write"; readonly path: string }): {
      readonly state: string;
    };
  };
  readonly errors: Readonly<
    Record<"NotFound" | "AlreadyExists" | "NotADirectory" | "FilesystemLoop", ErrorType>
  >;
  readonly SeekMode: Readonly<Record<"Start" | "End", Deno.SeekMode>>;
  readonly version: Readonly<Record<"deno" | "v8" | "typescript", string>>;
  readonly build: { readonly os: string; readonly arch: string };
}

/** This system. */
export const host: Host = Deno;
