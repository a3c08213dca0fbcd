/** How to give a program the permission that it lacks. */
import { flagAllowance, folderAllowance } from "../errors/allowance.ts";

/**
 * What to do about an error of Deno's, which names what was refused. `doing` tells whether a folder
 * is to be written, which takes reading it too.
 */
export function permissionHint({ message }: Error, doing: string): string {
  const [, kind = "", place = ""] = /Requires (\w+) access to "(.*)"/s.exec(message) ?? [];
  const way = isFolder(kind)
    ? folderAllowance(place, isWriting(kind, doing))
    : flagAllowance(`--allow-${kind || "…"}${place && `=${place}`}`);
  const keep = isFolder(kind) ? "keep data and outputs inside the project, or " : "";
  return `this program may use what its task in deno.json names and nothing else: ${keep}` +
    `allow more for once with ${way} deno task …`;
}

function isFolder(kind: string): boolean {
  return kind === "read" || kind === "write";
}

function isWriting(kind: string, doing: string): boolean {
  return kind === "write" || /^(writing|making|locking) /.test(doing);
}
