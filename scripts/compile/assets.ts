/**
 * What a program reads beside its own code: files that its modules name by `new URL("…",
 * import.meta.url)`, folders of packages that they find by `import.meta.resolve("…")`, and packages
 * with native code. The sources say it, so that nothing has to be listed twice.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fromFileUrl, toFileUrl } from "./paths.ts";

/** A program's surroundings. */
export interface Assets {
  /** Files or folders to copy, by their place beside the bundle. */
  readonly files: ReadonlyMap<string, string>;
  /** Modules that are started as workers, by their place beside the bundle. */
  readonly workers: ReadonlyMap<string, string>;
  /** Packages found by their name at run time, and the folder of their files. */
  readonly packages: ReadonlyMap<string, string>;
  /** Packages with native code, which are carried whole: name → folder, dependencies included. */
  readonly native: ReadonlyMap<string, string>;
}

/** Packages that no bundle can hold, because they load native libraries. */
export const NATIVE = ["@duckdb/node-api"];

interface Info {
  modules: { specifier: string; local?: string; dependencies?: { specifier: string }[] }[];
}

/** Looks through the modules that `script` imports, and those of its workers. */
export async function assetsOf(script: string, root: string): Promise<Assets> {
  const files = new Map<string, string>();
  const workers = new Map<string, string>();
  const packages = new Map<string, string>();
  const natives = new Set<string>();
  const entries = [toFileUrl(`${root}/${script}`)];
  for (const entry of entries) {
    for (const { specifier, local, dependencies = [] } of (await graph(entry)).modules) {
      for (const { specifier } of dependencies) {
        if (NATIVE.includes(specifier)) natives.add(specifier);
      }
      if (
        local === undefined || !specifier.startsWith(toFileUrl(root)) ||
        !/\.m?[jt]s$/.test(specifier)
      ) continue;
      const source = await Deno.readTextFile(local);
      for (
        const [, place, rest] of source.matchAll(
          /new URL\(\s*["'`](\.[^"'`$]*)(\$?)[^"'`]*["'`],\s*import\.meta\.url/g,
        )
      ) {
        const target = new URL(place, specifier);
        const name = place.replace(/^\.\//, "");
        if (name.startsWith("..")) {
          throw new TypeError(
            `${specifier} reads ${place}; a bundle can hold only what lies beside or below ` +
              "its module",
          );
        }
        const isWorker = rest === "" && /\.m?[jt]s$/.test(name);
        const places = isWorker ? workers : files;
        const path = fromFileUrl(target).replace(/\/$/, "");
        const key = name.replace(/\/$/, "");
        const other = places.get(key);
        if (other !== undefined && other !== path) {
          throw new TypeError(`${other} and ${path} would be one file, ${key}, beside the bundle`);
        }
        if (isWorker && other === undefined) entries.push(target.href);
        places.set(key, path);
      }
      for (const [, name] of source.matchAll(/import\.meta\.resolve\(\s*["']([^."'][^"']*)["']/g)) {
        packages.set(name, fromFileUrl(new URL(".", import.meta.resolve(name))).replace(/\/$/, ""));
      }
    }
  }
  return { files, workers, packages, native: nativePackages([...natives]) };
}

async function graph(entry: string): Promise<Info> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
  }).output();
  if (!success) throw new Error(`deno info ${entry} failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/**
 * The folders of packages and of what they need here: optional packages of other systems are left
 * out.
 */
function nativePackages(names: readonly string[]): Map<string, string> {
  const folders = new Map<string, string>();
  const add = (name: string, resolve: (name: string) => string) => {
    if (folders.has(name)) return;
    const main = resolve(name);
    const folder = folderOf(name, main);
    const { dependencies = {}, optionalDependencies = {}, os, cpu, libc } = manifestOf(folder);
    if (
      (os && !os.includes(process.platform)) || (cpu && !cpu.includes(process.arch)) ||
      (libc && !libc.includes("glibc"))
    ) return; // Deno is a glibc program
    folders.set(name, folder);
    const require = createRequire(main);
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) {
      try {
        add(next, (name) => require.resolve(`${name}/package.json`));
      } catch (error) {
        if (!(next in optionalDependencies)) throw error;
      }
    }
  };
  for (const name of names) add(name, (name) => fromFileUrl(new URL(import.meta.resolve(name))));
  return folders;
}

interface PackageManifest {
  name?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

/** The folder of the package to which a file belongs. */
function folderOf(name: string, file: string): string {
  for (let cut = file.lastIndexOf("/"); cut > 0; cut = file.lastIndexOf("/", cut - 1)) {
    const folder = file.slice(0, cut);
    if (existsSync(`${folder}/package.json`) && manifestOf(folder).name === name) return folder;
  }
  throw new TypeError(`${file} lies in no package ${name}`);
}

function manifestOf(folder: string): PackageManifest {
  return JSON.parse(Deno.readTextFileSync(`${folder}/package.json`));
}
