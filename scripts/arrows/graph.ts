/** Imports between the files of the project, and the rooms that these lie in. */

/** An import of one file; paths are relative to the root, other specifiers stay as they are. */
export interface Import {
  readonly target: string;
  /** Gone at run time. */
  readonly typeOnly: boolean;
}

/** Imports of every file, by its path. */
export type Graph = ReadonlyMap<string, readonly Import[]>;

/** The room of a file of `lib/`; none for others. */
export function roomOf(path: string): string | undefined {
  return /^lib\/([^/]+)\//.exec(path)?.[1];
}
