/** How to give a program the permission that it lacks. */
import { dirname, resolve } from "node:path";
import { flagAllowance, folderAllowance } from "../errors/allowance.ts";
import { denialOf } from "../errors/denial.ts";

/**
 * What to do about an error of Deno's, which names what was refused. `doing` tells whether a folder
 * is to be written, which takes reading it too. Where one of the arguments led there, what it names
 * is allowed whole, so that the next file in it is not the next refusal. A compiled file has the
 * permissions that it was made with.
 */
export function permissionHint(
  { message }: Error,
  doing: string,
  args: readonly string[] = [],
  isCompiled = Deno.build.standalone,
): string {
  const { kind, refused } = denialOf(message) ?? { kind: "", refused: "" };
  const isPath = kind === "read" || kind === "write";
  const way = isPath
    ? pathAllowance(refused, isWriting(kind, doing), args)
    : flagAllowance(`--allow-${kind || "…"}${refused && `=${refused}`}`);
  const keep = isPath ? "keep data and outputs inside the project, or " : "";
  const more = isCompiled
    ? `start its task from the sources with ${way} before it: a compiled file can be given no more`
    : `allow more for once: put ${way} before the command`;
  return `this program may use what its task names and nothing else: ${keep}${more}`;
}

function isWriting(kind: string, doing: string): boolean {
  return kind === "write" || /^(writing|making|locking) /.test(doing);
}

/** What allows a path: Deno allows no patterns. */
function pathAllowance(refused: string, writes: boolean, args: readonly string[]): string {
  return folderAllowance(namedFolder(refused, args) ?? withoutPattern(refused), writes);
}

/** The folder that an argument names and a path lies in; one that holds the project is none. */
function namedFolder(path: string, args: readonly string[]): string | undefined {
  const isIn = (folder: string, inner: string) => inner.startsWith(`${folder.replace(/\/$/, "")}/`);
  return args.flatMap((arg) => [arg, arg.slice(arg.indexOf("=") + 1)])
    .filter((arg) => arg !== "")
    .map((arg) => resolve(arg))
    .filter((folder) => isIn(folder, resolve(path)) && !isIn(folder, `${resolve(".")}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** The folder above the first part of a path that is a pattern. */
function withoutPattern(path: string): string {
  const pattern = path.search(/[*?[]/);
  return pattern < 0 ? path : dirname(`${path.slice(0, pattern)}x`);
}
