/** Where and with what a run was made, for its report. */
import { host } from "../files/host.ts";

/** Versions, machine and commit. */
export interface Environment {
  readonly program: string;
  readonly deno: string;
  readonly v8: string;
  readonly typescript: string;
  readonly os: string;
  readonly arch: string;
  readonly cores: number;
  /** Commit of the project's folder, when it is a git checkout. */
  readonly commit?: string;
}

/** Describes the surroundings; `version` is the program's. */
export async function describeEnvironment(root: string, version: string): Promise<Environment> {
  const { deno, v8, typescript } = host.version;
  return {
    program: version,
    deno,
    v8,
    typescript,
    os: host.build.os,
    arch: host.build.arch,
    cores: navigator.hardwareConcurrency,
    commit: await commitOf(root),
  };
}

/** Reads the commit from .git without running git. */
async function commitOf(root: string): Promise<string | undefined> {
  const read = async (path: string) => (await host.readTextFile(`${root}/.git/${path}`)).trim();
  try {
    const head = await read("HEAD");
    if (!head.startsWith("ref: ")) return head;
    const ref = head.slice(5);
    return await read(ref).catch(async () =>
      (await read("packed-refs")).split("\n").find((line) => line.endsWith(` ${ref}`))?.split(
        " ",
      )[0]
    );
  } catch {
    return undefined;
  }
}
