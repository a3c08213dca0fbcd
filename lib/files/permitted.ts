/**
 * Follows symbolic links before a file is opened. Deno checks the path that a program names and
 * then follows whatever links lie on it; here what they lead to must be allowed, too. Links above a
 * folder that was allowed belong to the system and its user (`/tmp` is one on macOS).
 */
import { dirname, resolve } from "node:path";
import { folderAllowance } from "../errors/allowance.ts";
import { type Expectation, InputError, messageOf } from "../errors/input_error.ts";
import { host } from "./host.ts";

type Access = "read" | "write";

/**
 * Checks that no link inside the folders that this program may read leads `path` out of them. A
 * folder that was allowed by its name may be a link. @throws InputError in the words of `expected`.
 */
export async function checkReadable(path: string, expected: Expectation): Promise<void> {
  const way = await followed("read", path, expected);
  if (way === undefined || isAllowed("read", way.real)) return;
  if (isInside(way.real, way.realRoot)) return;
  throw new InputError({
    ...expected,
    found: `a link on this path leads to ${way.real}, out of the folders that may be read`,
    next: `copy it here, or allow its folder for once: ${await allowanceOf(path, way.real)}`,
  });
}

/**
 * Checks that no link leads the folder `path`, or the nearest one above it that is there, out of
 * the folders that this program may write. @throws InputError.
 */
export async function checkWritable(path: string): Promise<void> {
  const expected = {
    doing: `writing ${path}`,
    wanted: "a folder that no link leads elsewhere",
  };
  const way = await followed("write", path, expected);
  if (way === undefined || isAllowed("write", way.real)) return;
  if (!way.rootIsLink && isInside(way.real, way.realRoot)) return;
  throw new InputError({
    ...expected,
    found: `a link on this path leads to ${way.real}, out of the folders that may be written`,
    next: `name another folder, or allow that one for once: ${folderAllowance(way.real, true)}`,
  });
}

/** Where a path leads, and the uppermost allowed folder on it. */
interface Way {
  readonly real: string;
  readonly realRoot: string;
  readonly rootIsLink: boolean;
}

/** Undefined where nothing is there yet, or where opening the path says what is not allowed. */
async function followed(
  access: Access,
  path: string,
  expected: Expectation,
): Promise<Way | undefined> {
  const root = allowedRoot(access, path);
  if (root === undefined) return undefined;
  try {
    const realRoot = await realOrNone(root);
    if (realRoot === undefined) return undefined;
    const rootIsLink = (await host.lstat(root)).isSymlink;
    for (let at = resolve(path);; at = dirname(at)) {
      const real = at === root ? realRoot : await realOrNone(at);
      if (real !== undefined) return { real, realRoot, rootIsLink };
    }
  } catch (error) {
    throw new InputError({ ...expected, found: messageOf(error) }, { cause: error });
  }
}

/** What lets the program read what the path leads to. */
async function allowanceOf(path: string, real: string): Promise<string> {
  const isFolder = await host.stat(path).then(({ isDirectory }) => isDirectory, () => false);
  return folderAllowance(isFolder ? real : dirname(real), false);
}

function isAllowed(access: Access, path: string): boolean {
  return host.permissions.querySync({ name: access, path }).state === "granted";
}

/** The uppermost allowed folder on a path, as it was named; none where the path is not allowed. */
function allowedRoot(access: Access, path: string): string | undefined {
  let root = resolve(path);
  if (!isAllowed(access, root)) return undefined;
  for (let up = dirname(root); up !== root && isAllowed(access, up); up = dirname(root)) root = up;
  return root;
}

/** Where a path leads, links followed; none where nothing is there. */
export async function realOrNone(path: string): Promise<string | undefined> {
  try {
    return await host.realPath(path);
  } catch (error) {
    if (error instanceof host.errors.NotFound) return undefined;
    throw error;
  }
}

/** Whether a real path is `folder` or lies in it. */
export function isInside(path: string, folder: string): boolean {
  const plain = (text: string) => `${text.replaceAll("\\", "/").replace(/\/$/, "")}/`;
  return plain(path).startsWith(plain(folder));
}
