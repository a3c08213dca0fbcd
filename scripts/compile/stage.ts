/**
 * Puts a program and all that it reads into one folder, from which either kind of binary is made.
 */
import { assetsOf, NATIVE } from "./assets.ts";

/** The bundle's name in its folder. */
export const ENTRY = "program.js";
/** The configuration beside it: where packages lie that are found by name. */
export const CONFIG = "deno.json";

/**
 * Fills the empty folder `folder` with `script`, a path in `root`. `called` says how programs are
 * called where this one will be, by the names of their tasks, so that what it advises can be done
 * there.
 * @throws Error with the bundler's words when it fails.
 */
export async function stageProgram(
  script: string,
  root: string,
  folder: string,
  called: Readonly<Record<string, string>>,
): Promise<void> {
  const { files, workers, packages, native } = await assetsOf(script, root);
  const imports: Record<string, string> = {};
  await bundle(`${root}/${script}`, `${folder}/${ENTRY}`);
  await rewrite(`${folder}/${ENTRY}`, called);
  for (const [place, path] of workers) {
    await makeParent(`${folder}/${place}`);
    // the name stays as the module says it, .ts or not; the bundler wants .js
    await bundle(path, `${folder}/${place}.js`);
    await Deno.rename(`${folder}/${place}.js`, `${folder}/${place}`);
  }
  for (const [place, path] of files) await copy(path, `${folder}/${place}`);
  for (const [name, path] of packages) {
    // nothing is imported from there: the name stands for its folder
    imports[name] = `./packages/${name}/index.js`;
    await copy(path, `${folder}/packages/${name}`, (file) => file.endsWith(".wasm"));
  }
  for (const [name, path] of native) {
    await copy(
      path,
      `${folder}/node_modules/${name}`,
      (file) => !/\.(d\.[cm]?ts|map|md)$/.test(file),
    );
  }
  const config = { imports, ...native.size > 0 ? { nodeModulesDir: "manual" } : {} };
  await Deno.writeTextFile(`${folder}/${CONFIG}`, `${JSON.stringify(config, null, 2)}\n`);
  if (native.size > 0) await Deno.writeTextFile(`${folder}/package.json`, `{ "type": "module" }\n`);
}

async function rewrite(file: string, called: Readonly<Record<string, string>>): Promise<void> {
  const text = await Deno.readTextFile(file);
  const own = text.replaceAll(/deno task (\w+)/g, (task, name) => called[name] ?? task);
  await Deno.writeTextFile(file, own);
}

async function bundle(entry: string, output: string): Promise<void> {
  const external = NATIVE.flatMap((name) => ["--external", name]);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform",
      "deno",
      "--keep-names",
      ...external,
      "--output",
      output,
      entry,
    ],
  }).output();
  if (!success) throw new Error(`bundling ${entry} failed: ${new TextDecoder().decode(stderr)}`);
  // CommonJS packages ask for the name of their folder, which a module does not have
  await Deno.writeTextFile(
    output,
    `globalThis.__dirname ??= import.meta.dirname;\n${await Deno.readTextFile(output)}`,
  );
}

async function copy(
  from: string,
  to: string,
  wanted: (path: string) => boolean = () => true,
): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (!isDirectory) {
    if (!wanted(from)) return;
    await makeParent(to);
    return await Deno.copyFile(from, to);
  }
  for await (const { name } of Deno.readDir(from)) {
    await copy(`${from}/${name}`, `${to}/${name}`, wanted);
  }
}

async function makeParent(path: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
}
