/** How to give a program the permission that it lacks. */

/**
 * What to do about an error of Deno's, which names what was refused. `doing` tells whether a folder
 * is to be written, which takes reading it too.
 */
export function permissionHint({ message }: Error, doing: string): string {
  const [, kind = "", place = ""] = /Requires (\w+) access to "(.*)"/s.exec(message) ?? [];
  const way = isFolder(kind)
    ? folderAllowance(isWriting(kind, doing), place)
    : `BASELINES_ALLOW=${quoted(`--allow-${kind || "…"}${place && `=${place}`}`)}`;
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

/** The shell parts the flags of BASELINES_ALLOW at spaces; the other two name one folder each. */
function folderAllowance(writes: boolean, folder: string): string {
  if (/\s/.test(folder)) {
    const read = `BASELINES_READ=${quoted(folder)}`;
    return writes ? `${read} BASELINES_WRITE=${quoted(folder)}` : read;
  }
  const read = `--allow-read=${folder}`;
  return `BASELINES_ALLOW=${quoted(writes ? `${read} --allow-write=${folder}` : read)}`;
}

function quoted(text: string): string {
  return `"${text.replace(/["$`\\]/g, "\\$&")}"`;
}
