/**
 * Who works on what, where the only thing that workers share is a folder: no daemon, and no lock
 * that has to hold between machines. A piece of work has numbered claims; whoever creates the next
 * number has it, because a file can be created once (O_EXCL, on NFS too). A claim whose owner shows
 * no sign of life is dead, and the number after it is free.
 *
 * Signs of life: the owner writes its claim every few seconds, and its age goes by the clock of the
 * file system alone. On one machine a lock tells at once; it counts for nothing between machines.
 */
import { writeError } from "../../files/atomic.ts";
import { decodeJson, isRecord } from "../../files/json.ts";
import { lockOpen } from "../../files/lock.ts";
import { checkWritable } from "../../files/permitted.ts";

/** Seconds after its last sign of life at which an owner on another machine counts as dead. */
export const DEAD_AFTER_S = 60;
/** Milliseconds between two signs of life. */
export const BEAT_MS = 5000;

/** A process that claims. */
export interface Claimant {
  /** The machine's name. */
  readonly host: string;
  /** A name of its own. */
  readonly worker: string;
}

/** A piece of work that this process has. */
export interface Claim {
  /** How many owners had it before and died, one after the other. */
  readonly deaths: number;
  /** The file that shows signs of life, and what it holds. */
  readonly path: string;
  readonly text: string;
  /** Whether nobody else has taken it meanwhile: a process may be stopped for a long time. */
  holds(): Promise<boolean>;
  /** Gives it back, done or not. */
  release(): Promise<void>;
}

/** How a piece of work stands. */
export type Standing =
  | { readonly state: "free" | "released"; readonly number: number }
  | { readonly state: "alive"; readonly number: number; readonly host?: string }
  | { readonly state: "dead"; readonly number: number; readonly deaths: number };

/** Claims the work whose claims lie in `folder`; none where somebody has it. */
export async function claim(folder: string, me: Claimant): Promise<Claim | undefined> {
  const standing = await standingOf(folder, me.host);
  if (standing.state === "alive") return undefined;
  const number = standing.number + 1;
  const path = pathOf(folder, number);
  await checkWritable(folder);
  let file: Deno.FsFile;
  try {
    await Deno.mkdir(folder, { recursive: true });
    file = await Deno.open(path, { createNew: true, read: true, write: true });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return undefined; // another was quicker
    throw writeError(path, error);
  }
  await lockOpen(file, path).catch(() => undefined); // not every file system has locks
  const text = JSON.stringify(me);
  try {
    await file.write(new TextEncoder().encode(text));
    await file.sync();
  } catch (error) {
    file.close();
    throw writeError(path, error);
  }
  return {
    deaths: standing.state === "dead" ? standing.deaths : 0,
    path,
    text,
    holds: async () => await isThere(path) && !await isThere(pathOf(folder, number + 1)),
    async release() {
      // a file of its own: a last sign of life may still be written to the claim
      await Deno.writeFile(releaseOf(path), new Uint8Array()).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error; // else all has ended and is gone
      });
      file.close();
    },
  };
}

/** How the work whose claims lie in `folder` stands, as seen from the machine `host`. */
export async function standingOf(folder: string, host: string): Promise<Standing> {
  const number = await newestOf(folder);
  if (number === 0) return { state: "free", number };
  const newest = await look(pathOf(folder, number), host);
  if (newest.state === "alive") return { state: "alive", number, host: newest.host };
  if (newest.state === "released") return { state: "released", number };
  let deaths = 1;
  while (number > deaths && !await isThere(releaseOf(pathOf(folder, number - deaths)))) deaths++;
  return { state: "dead", number, deaths };
}

/** Forgets earlier deaths, so that the work may be tried again. */
export async function forgive(folder: string, me: Claimant): Promise<void> {
  await (await claim(folder, me))?.release();
}

/** The file that says that a claim was given back. */
function releaseOf(path: string): string {
  return path.replace(/json$/, "released");
}

function pathOf(folder: string, number: number): string {
  return `${folder}/${String(number).padStart(6, "0")}.json`;
}

async function newestOf(folder: string): Promise<number> {
  let newest = 0;
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const number = /^(\d+)\.json$/.exec(name)?.[1];
      if (number !== undefined) newest = Math.max(newest, Number(number));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return newest;
}

async function look(
  path: string,
  host: string,
): Promise<{ state: "alive" | "dead" | "released"; host?: string }> {
  if (await isThere(releaseOf(path))) return { state: "released" };
  // opened anew, so that a network file system asks its server
  using file = await Deno.open(path);
  const owner = await ownerIn(file);
  const theirs = typeof owner.host === "string" ? owner.host : undefined;
  const known = theirs === host ? await isLocked(file) : undefined;
  if (known !== undefined) return { state: known ? "alive" : "dead", host: theirs };
  const { mtime } = await file.stat();
  const age = (await timeIn(path) - (mtime?.getTime() ?? 0)) / 1000;
  return { state: age > DEAD_AFTER_S ? "dead" : "alive", host: theirs };
}

/** What a claim says; nothing while it is being written. */
async function ownerIn(file: Deno.FsFile): Promise<Record<string, unknown>> {
  const bytes = new Uint8Array(4096);
  const length = await file.read(bytes) ?? 0;
  try {
    const owner = decodeJson(bytes.subarray(0, length));
    return isRecord(owner) ? owner : {};
  } catch {
    return {};
  }
}

/** Whether a process of this machine holds the file; undefined where there are no locks. */
async function isLocked(file: Deno.FsFile): Promise<boolean | undefined> {
  try {
    return !await file.tryLock(true);
  } catch {
    return undefined;
  }
}

/** What time it is where the file lies: two machines need not agree. */
async function timeIn(path: string): Promise<number> {
  const probe = `${path}.${crypto.randomUUID()}.now`;
  try {
    using file = await Deno.open(probe, { createNew: true, write: true });
    await file.write(new Uint8Array(1));
    await file.sync();
    return (await file.stat()).mtime?.getTime() ?? Date.now();
  } finally {
    await Deno.remove(probe).catch(() => {});
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
