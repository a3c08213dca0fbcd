/** How a worker of a sweep is started: by this machine's pool, by Slurm or by anybody else. */

/**
 * The words of the program as it is called here: its task, or the file `file` of all programs that
 * it is started from.
 */
export function programWords(file: string | undefined): readonly string[] {
  return file === undefined ? ["deno", "task", "--quiet", "sweep"] : [file, "sweep"];
}

/** Which part of a sweep's pieces a worker takes: every `parts`-th, from number `part` on. */
export interface Share {
  readonly part: number | string;
  readonly parts: number;
}

/** The words that follow: the worker's verb, the sweep, and its share. */
export function workWords(tag: string, out: string, share?: Share): string[] {
  return [
    "work",
    tag,
    ...share === undefined ? ["--tied"] : [`--part=${share.part}`, `--parts=${share.parts}`],
    ...out === "." ? [] : [`--out=${out}`],
  ];
}
