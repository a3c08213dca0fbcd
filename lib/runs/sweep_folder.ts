/** A sweep's own folder, reports/sweeps/<YYYYMMDD_HHMMSS>/, and what lies where in it. */
import { InputError, messageOf, show } from "../errors/input_error.ts";
import { within } from "../files/confine.ts";
import { readBytes } from "../files/input_file.ts";
import { decodeJson, isRecord, parseJson } from "../files/json.ts";
import type { Shape } from "../files/shape.ts";
import { host } from "../files/host.ts";
import { isTag, tagOf } from "./run_folder.ts";

const SWEEPS = "reports/sweeps";

/** Where a sweep writes. */
export interface SweepHome {
  /** The project's folder. */
  readonly root: string;
  readonly tag: string;
  /** The sweep's folder, `root` and what is below it: the project's folder of its runs. */
  readonly folder: string;
  /** Options with which it was submitted to Slurm; none where it was not. */
  readonly slurm?: string;
}

/** The home of the sweep `tag`. @throws InputError when that is no tag. */
export function sweepHome(root: string, tag: string): SweepHome {
  if (!isTag(tag)) {
    throw new InputError({
      doing: "looking for a sweep",
      found: `the tag ${show(tag)}`,
      wanted: "one such as 20260130_075435",
      next: `name a folder of ${SWEEPS}`,
    });
  }
  return { root, tag, folder: `${root}/${SWEEPS}/${tag}` };
}

/** The project's folder of one in which runs lie: of a sweep's, that in which the sweep lies. */
export function projectOf(root: string): string {
  const [whole = "", tag = ""] = /(?:^|\/)reports\/sweeps\/([^/]+)$/.exec(root) ?? [];
  if (!isTag(tag)) return root;
  return root.slice(0, -whole.length) || (whole.startsWith("/") ? "/" : ".");
}

/** The home of a sweep that is there, with what it was submitted with. */
export async function homeOf(root: string, tag: string): Promise<SweepHome> {
  const home = sweepHome(root, tag);
  try {
    const submitted = decodeJson(await host.readFile(`${home.folder}/slurm.json`));
    const { options } = isRecord(submitted) ? submitted : {};
    return typeof options === "string" ? { ...home, slurm: options } : home;
  } catch {
    return home; // it was not submitted; whoever submits it again says what is damaged
  }
}

/** Makes the folder of a new sweep: the first second from now that no other sweep has. */
export async function createSweep(root: string, now = new Date()): Promise<SweepHome> {
  await within(root, `${SWEEPS}/new`);
  try {
    await host.mkdir(`${root}/${SWEEPS}`, { recursive: true });
    for (let time = now.getTime();; time += 1000) {
      const home = sweepHome(root, tagOf(new Date(time)));
      try {
        await host.mkdir(home.folder);
        return home;
      } catch (error) {
        if (!(error instanceof host.errors.AlreadyExists)) throw error;
      }
    }
  } catch (error) {
    throw new InputError({
      doing: `making the sweep's folder under ${root}/${SWEEPS}`,
      found: messageOf(error),
      wanted: "a folder that may be written",
      next: "choose another with --out",
    }, { cause: error });
  }
}

/** The home of the sweep that a user names, or of the newest one. @throws InputError. */
export async function findSweep(root: string, tag: string | "latest"): Promise<SweepHome> {
  const tags = await sweepTags(root);
  const found = tag === "latest" ? tags.at(-1) : tag;
  if (found !== undefined && tags.includes(found)) return await homeOf(root, found);
  throw new InputError({
    doing: "looking for a sweep",
    found: found === undefined
      ? `none under ${root}/${SWEEPS}`
      : `there is no sweep ${show(found)} under ${root}/${SWEEPS}`,
    wanted: tags.length === 0 ? undefined : `one such as ${tags.slice(-3).join(", ")}`,
    next: "deno task sweep --help says how to begin one",
  });
}

/** Tags of the sweeps under root, the oldest first; a folder without a plan is none. */
export async function sweepTags(root: string): Promise<string[]> {
  const tags: string[] = [];
  try {
    for await (const { name, isDirectory } of host.readDir(`${root}/${SWEEPS}`)) {
      if (!isDirectory || !isTag(name)) continue;
      const plan = `${root}/${SWEEPS}/${name}/sweep.json`;
      if (await host.stat(plan).then(() => true, () => false)) tags.push(name);
    }
  } catch (error) {
    if (!(error instanceof host.errors.NotFound)) throw error;
  }
  return tags.sort();
}

/**
 * A document of a sweep by its shape. @throws InputError naming the part that is wrong; `next` is
 * what mends it.
 */
export async function readSweepFile<T>(path: string, shape: Shape<T>, next: string): Promise<T> {
  const expected = { doing: `reading ${path}`, wanted: "the file as the sweep wrote it", next };
  const value = parseJson(await readBytes(path, expected), expected);
  try {
    return shape(value, path.slice(path.lastIndexOf("/") + 1));
  } catch (error) {
    throw new InputError({ ...expected, found: messageOf(error) }, { cause: error });
  }
}

/** Names, without their ending, of the JSON files in one of a sweep's folders. */
export async function namesIn({ folder }: SweepHome, part: string): Promise<Set<string>> {
  const names = new Set<string>();
  try {
    for await (const { name, isFile } of host.readDir(`${folder}/${part}`)) {
      if (isFile && name.endsWith(".json")) names.add(name.slice(0, -".json".length));
    }
  } catch (error) {
    if (!(error instanceof host.errors.NotFound)) throw error;
  }
  return names;
}
