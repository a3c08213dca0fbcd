/** Keeps a run's outputs inside its project folder, and inside what may be written. */
import { dirname } from "node:path";
import { InputError, messageOf } from "../errors/input_error.ts";
import { checkWritable, isInside, realOrNone } from "./permitted.ts";

/**
 * The path of `relative` below `root`. @throws InputError when "..", an absolute path or a symbolic
 * link leads out of `root`, or a link on the way to `root` out of what this program may write.
 */
export async function within(root: string, relative: string): Promise<string> {
  const path = `${root}/${relative}`;
  const fail = (found: string, cause?: unknown): never => {
    throw new InputError({
      doing: `writing ${path}`,
      found,
      wanted: `a path inside ${root}`,
      next: "remove the link, or choose the folder it leads to with --out",
    }, { cause });
  };
  if (relative.startsWith("/") || relative.split("/").includes("..")) {
    fail("the path leads out of the folder");
  }
  await checkInside(root, relative, fail);
  await checkWritable(dirname(path));
  return path;
}

async function checkInside(
  root: string,
  relative: string,
  fail: (found: string, cause?: unknown) => never,
): Promise<void> {
  try {
    const home = await realOrNone(root);
    if (home === undefined) return; // nothing there yet, so no links either
    for (let folder = dirname(relative);; folder = dirname(folder)) {
      const real = await realOrNone(`${root}/${folder}`);
      if (real === undefined) continue; // not made yet: the nearest folder that is there decides
      if (!isInside(real, home)) fail(`${root}/${folder} is a link to ${real}`);
      return;
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    fail(messageOf(error), error);
  }
}
