/** Keeps a run's outputs inside its project folder, whatever links lie in it. */
import { InputError, messageOf } from "../errors/input_error.ts";
import { parentOf } from "./atomic.ts";

/**
 * The path of `relative` below `root`. @throws InputError when "..", an absolute path or a symbolic
 * link leads out of `root`; `root` may itself be a link.
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
  const home = await realOrNone(root, fail);
  if (home === undefined) return path; // nothing there yet, so no links either
  for (let folder = parentOf(relative);; folder = parentOf(folder)) {
    const real = await realOrNone(`${root}/${folder}`, fail);
    if (real === undefined) continue; // not made yet: the nearest folder that is there decides
    if (real !== home && !real.startsWith(home.endsWith("/") ? home : `${home}/`)) {
      fail(`${root}/${folder} is a link to ${real}`);
    }
    return path;
  }
}

async function realOrNone(
  path: string,
  fail: (found: string, cause: unknown) => never,
): Promise<string | undefined> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? undefined : fail(messageOf(error), error);
  }
}
