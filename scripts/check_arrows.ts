/**
 * `deno task check`: holds the design's rooms. Four rules, and every fault with its file, import
 * and rule:
 *
 * - a room of lib imports only the rooms that the table allows, and nothing outside lib;
 * - no circles between files, of types neither;
 * - what a browser may run (see `BROWSER`), and all that it imports at run time, uses neither
 *   `Deno.` nor `node:`;
 * - rooms whose files, locks and versions a browser page replaces (see `ON_HOST`) use `Deno.` in
 *   one module only.
 *
 * An argument names another tree to check.
 */
import { circles } from "./arrows/circles.ts";
import { type Graph, type Import, roomOf } from "./arrows/graph.ts";
import { complain, say } from "../lib/terminal/say.ts";

/** What a room may import beside itself; of `types` only what is gone at run time. */
interface Room {
  readonly imports: readonly string[];
  readonly types?: readonly string[];
}

/** The design's table. Every room may import `errors` and `std` too. */
const ROOMS: Readonly<Record<string, Room>> = {
  errors: { imports: [] },
  std: { imports: [] },
  files: { imports: [] },
  random: { imports: [] },
  settings: { imports: [] },
  terminal: { imports: [] },
  dataset: { imports: ["random", "files"] },
  prepare: { imports: ["dataset", "random", "files", "terminal"] },
  samplers: { imports: ["dataset", "random"] },
  models: { imports: ["random", "samplers"] },
  kernels: { imports: ["random"] },
  engine: { imports: ["models", "samplers", "kernels", "random"] },
  metrics: { imports: ["dataset", "random"] },
  evaluation: { imports: ["metrics", "dataset", "random"] },
  baselines: {
    imports: [
      "models",
      "engine",
      "samplers",
      "evaluation",
      "dataset",
      "random",
      "files",
      "settings",
    ],
  },
  fewshot: {
    imports: [
      "baselines",
      "models",
      "engine",
      "samplers",
      "evaluation",
      "dataset",
      "random",
      "files",
      "settings",
      "metrics",
    ],
  },
  runs: { imports: ["files"], types: ["engine"] },
  track: { imports: ["files", "settings"] },
  report: { imports: ["metrics"], types: ["runs"] },
  jobs: {
    imports: [
      "files",
      "random",
      "settings",
      "terminal",
      "dataset",
      "prepare",
      "samplers",
      "models",
      "kernels",
      "engine",
      "metrics",
      "evaluation",
      "baselines",
      "fewshot",
      "runs",
      "track",
      "report",
    ],
  },
  // `files` for what they read: a configuration, a request's JSON
  serve: { imports: ["jobs", "terminal", "settings", "files", "runs"] },
  cli: { imports: ["jobs", "terminal", "settings", "files"] },
  page: {
    imports: [
      "cli",
      "jobs",
      "terminal",
      "settings",
      "files",
      "dataset",
      "prepare",
      "runs",
      "engine",
      "baselines",
    ],
  },
};

/** Rooms that run in a browser too. */
const BROWSER = ["engine", "kernels", "samplers", "models", "metrics", "evaluation", "baselines"];

/** What asks the system through `HOST` only, so that a bundle for browsers can replace that. */
const ON_HOST = ["files", "dataset", "runs", "report", "fewshot"];
const HOST = "lib/files/host.ts";

/** AssemblyScript looks like TypeScript and is not: its own compiler checks it. */
const ASSEMBLY = "lib/kernels/wasm/assembly";

/** The part of `deno info --json` that is read here. */
interface Info {
  modules: {
    specifier: string;
    dependencies?: { code?: { specifier?: string }; type?: { specifier?: string } }[];
  }[];
}

const root = Deno.args.length > 0
  ? `file://${await Deno.realPath(Deno.args[0])}/`
  : new URL("../", import.meta.url).href;
const graph = await graphOf([...filesBelow("lib"), ...filesBelow("scripts"), "mod.ts"]);
const faults = [
  ...wrongArrows(graph),
  ...circles(graph),
  ...await notForBrowsers(graph),
  ...await besideTheHost(graph),
];
if (faults.length > 0) {
  complain(faults.join("\n"));
  complain(`${faults.length} faults in the arrows between rooms`);
  Deno.exit(1);
}
const arrows = [...graph.values()].reduce((sum, imports) => sum + imports.length, 0);
say(`${arrows} imports of ${graph.size} files, all allowed`);

function* filesBelow(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, root))) {
    const path = `${folder}/${name}`;
    if (isDirectory && path !== ASSEMBLY) yield* filesBelow(path);
    else if (path.endsWith(".ts") && !path.endsWith(".d.ts")) yield path;
  }
}

/** What the files import, those that they lead to included. */
async function graphOf(files: readonly string[]): Promise<Graph> {
  const entry = files.map((path) => `import ${JSON.stringify(root + path)};`).join("\n");
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `data:application/typescript,${encodeURIComponent(entry)}`],
    cwd: new URL(root),
  }).output();
  if (!success) throw new Error(`deno info failed: ${new TextDecoder().decode(stderr)}`);
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as Info;
  const found = new Map<string, Import[]>();
  for (const { specifier, dependencies = [] } of modules) {
    if (!specifier.startsWith(root)) continue;
    const imports = new Map<string, boolean>();
    for (const { code, type } of dependencies) {
      if (type?.specifier !== undefined && code === undefined) {
        imports.set(pathOf(type.specifier), imports.get(pathOf(type.specifier)) ?? true);
      }
      if (code?.specifier !== undefined) imports.set(pathOf(code.specifier), false);
    }
    found.set(
      pathOf(specifier),
      Array.from(imports, ([target, typeOnly]) => ({ target, typeOnly })),
    );
  }
  return found;
}

function pathOf(specifier: string): string {
  return specifier.startsWith(root) ? specifier.slice(root.length) : specifier;
}

/** The room of a path, such as `lib/engine/fit.ts`; undefined outside lib. */
function wrongArrows(graph: Graph): string[] {
  const faults: string[] = [];
  for (const [path, imports] of graph) {
    const from = roomOf(path);
    if (from === undefined) continue; // scripts and mod.ts import what they like
    const room = ROOMS[from];
    if (room === undefined) {
      faults.push(`${path}: the room ${from} is not in the table of scripts/check_arrows.ts`);
      continue;
    }
    const always = [from, "errors", "std", ...room.imports];
    for (const { target, typeOnly } of imports) {
      const to = roomOf(target);
      if (target === "deno.json" || (to === undefined && !graph.has(target))) continue; // packages
      if (to !== undefined && always.includes(to)) continue;
      if (to !== undefined && room.types?.includes(to)) {
        if (!typeOnly) {
          faults.push(`${path} imports ${target}: ${from} may import types of ${to} only`);
        }
        continue;
      }
      const allowed = [...room.imports, ...(room.types ?? []).map((name) => `types of ${name}`)];
      const may = allowed.length === 0 ? "errors only" : allowed.join(", ");
      faults.push(`${path} imports ${target}: ${from} may import ${may}`);
    }
  }
  return faults;
}

async function notForBrowsers(graph: Graph): Promise<string[]> {
  const starts = [...graph.keys()].filter((path) => BROWSER.includes(roomOf(path) ?? ""));
  const importer = new Map(starts.map((path) => [path, path]));
  const reached = [...starts];
  const faults: string[] = [];
  for (const path of reached) {
    const way: string[] = [path];
    while (importer.get(way[0]) !== way[0]) way.unshift(importer.get(way[0])!);
    const rule = way.length === 1
      ? `${roomOf(path)} runs in browsers`
      : `${roomOf(way[0])} runs in browsers, and ${way.join(" imports ")}`;
    for (const { target, typeOnly } of graph.get(path) ?? []) {
      if (typeOnly) continue;
      if (target.startsWith("node:")) faults.push(`${path} imports ${target}: ${rule}`);
      if (!graph.has(target) || importer.has(target) || target === "deno.json") continue;
      importer.set(target, path);
      reached.push(target);
    }
    for (const use of await usesOfDeno(path)) faults.push(`${path} uses ${use}: ${rule}`);
  }
  return faults;
}

async function besideTheHost(graph: Graph): Promise<string[]> {
  const faults: string[] = [];
  for (const path of graph.keys()) {
    if (path === HOST || !ON_HOST.includes(roomOf(path) ?? "")) continue;
    for (const use of await usesOfDeno(path)) {
      faults.push(`${path} uses ${use}: ${roomOf(path)} asks the system through ${HOST}`);
    }
  }
  return faults;
}

/** What a file takes from `Deno`, each once with its first line; comments do not count. */
async function usesOfDeno(path: string): Promise<string[]> {
  const source = await Deno.readTextFile(new URL(path, root));
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, (text) => text.replace(/[^\n]/g, " "));
  const lines = new Map<string, number>();
  for (const { 0: use, index } of code.matchAll(/\bDeno(?:\.\w+|\[)/g)) {
    if (!lines.has(use)) lines.set(use, code.slice(0, index).split("\n").length);
  }
  return Array.from(lines, ([use, line]) => `${use} (line ${line})`);
}
