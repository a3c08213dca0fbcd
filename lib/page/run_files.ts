/** The folder of a run as a zip that unpacks into a project's folder. */
import { type Zippable, zipSync } from "fflate";
import { host } from "../files/host.ts";

/** The zip of `folder`, whose paths in it begin with that of the folder. */
export async function zipOf(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const files: Zippable = {};
  for await (const path of pathsBelow(folder)) files[path] = await host.readFile(path);
  return zipSync(files, { level: 6 }) as Uint8Array<ArrayBuffer>;
}

async function* pathsBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of host.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* pathsBelow(path);
    else if (name !== ".lock") yield path;
  }
}
