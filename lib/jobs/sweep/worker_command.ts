/** How a worker of a sweep is started: by this machine's pool, by Slurm or by anybody else. */

/** The words of the program as it is called here: its task, or its single file. */
export function programWords(standalone: boolean, file: string): readonly string[] {
  return standalone ? [file] : ["deno", "task", "--quiet", "sweep"];
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
