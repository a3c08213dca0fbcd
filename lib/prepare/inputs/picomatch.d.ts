/** What is used of picomatch, which comes without types. */

/** Options of a matcher: https://github.com/micromatch/picomatch#options */
export interface Options {
  /** Whether patterns match names that begin with a dot. */
  dot?: boolean;
}

/** A matcher of paths for a glob pattern. */
declare function picomatch(pattern: string, options?: Options): (path: string) => boolean;

declare namespace picomatch {
  /** Whether a text is a pattern, and the folder before its first special character. */
  function scan(pattern: string): { isGlob: boolean; base: string };
}

export default picomatch;
