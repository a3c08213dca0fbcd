/** Keeps a run's outputs inside its project folder, and inside what may be written. */
import { dirname } from "node:path";
import { InputError, messageOf } from "../errors/input_error.ts";
import { checkWritable, isInside, realOrNone } from "./permitted.ts";

/**
 * The path of `relative` below `root`. @throws InputError when "..", an absolute path or a symbolic
 * link leads out of `root`, or a link on the way to `root` out of what this program may write.
 */
export async function within(root: string, relative: string): Promise<string> {
  await checkFolder(root, dirname(relative), relative);
  return `${root}/${relative}`;
}

/** As `within`, for a folder in which files are made and removed. */
export async function folderWithin(root: string, folder: string): Promise<void> {
  await checkFolder(root, folder, folder);
}

/** Checks the folder in which `relative` is written, or which it is. */
async function checkFolder(root: string, folder: string, relative: string): Promise<void> {
  const expected = { doing: `writing ${root}/${relative}`, wanted: `a path inside ${root}` };
  if (relative.startsWith("/") || relative.split("/").includes("..")) {
    throw new InputError({ ...expected, found: "the path leads out of the folder" });
  }
  let link: string | undefined;
  try {
    link = await linkOutOf(root, folder);
  } catch (error) {
    const next = "choose another folder with --out";
    throw new InputError({ ...expected, found: messageOf(error), next }, { cause: error });
  }
  if (link !== undefined) {
    const next = "remove the link, or choose the folder it leads to with --out";
    throw new InputError({ ...expected, found: link, next });
  }
  await checkWritable(`${root}/${folder}`);
}

/** The link that leads `folder`, or the nearest one above it that is there, out of `root`. */
async function linkOutOf(root: string, folder: string): Promise<string | undefined> {
  const home = await realOrNone(root);
  if (home === undefined) return undefined; // nothing there yet, so no links either
  for (let at = folder;; at = dirname(at)) {
    const real = await realOrNone(`${root}/${at}`);
    if (real === undefined) continue;
    return isInside(real, home) ? undefined : `${root}/${at} is a link to ${real}`;
  }
}
