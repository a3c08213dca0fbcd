/**
 * `deno task check`: fails on an import between rooms of lib that the design does not allow, or on
 * one that leads back out of lib.
 */

/** room → rooms it may import. Every room may import `errors` and `std`. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  std: [],
  random: [],
  dataset: ["random"],
  prepare: ["dataset", "random", "runs"], // runs for its folders, written whole or not at all
  samplers: ["dataset", "random"],
  models: ["random", "dataset", "samplers"], // dataset and samplers for types and prefixes only
  kernels: ["random"],
  engine: ["samplers", "models", "kernels", "random"],
  metrics: ["random"],
  evaluation: ["dataset", "metrics", "models", "samplers", "engine"],
  runs: ["models", "dataset", "metrics", "engine", "cli"], // cli for "did you mean" only
  report: ["metrics", "runs"], // runs for the documents' types only
  recommend: ["dataset", "metrics", "models", "samplers", "engine", "evaluation", "runs", "cli"],
  serve: ["recommend", "runs", "engine", "cli"],
  cli: [],
  baselines: [
    "dataset",
    "samplers",
    "models",
    "engine",
    "metrics",
    "evaluation",
    "runs",
    "report",
    "cli",
    "random",
  ],
};

/** The part of `deno info --json` that is read here. */
interface Info {
  modules: {
    specifier: string;
    dependencies?: { code?: { specifier?: string }; type?: { specifier?: string } }[];
  }[];
}

const root = new URL("../", import.meta.url).href;
const faults: string[] = [];
const seen = new Set<string>();
let arrows = 0;
for (const entry of ["mod.ts", ...entriesOf("scripts")]) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: new URL(root),
  })
    .output();
  if (!success) throw new Error(`deno info ${entry} failed: ${new TextDecoder().decode(stderr)}`);
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as Info;
  for (const { specifier, dependencies = [] } of modules) {
    const from = placeOf(specifier);
    if (from === undefined || seen.has(specifier)) continue;
    seen.add(specifier);
    for (const { code, type } of dependencies) {
      for (const target of new Set([code?.specifier, type?.specifier])) {
        const to = target === undefined ? undefined : placeOf(target);
        if (to === undefined || to.room === from.room) continue;
        arrows++;
        if (from.room === "mod.ts" || from.room.startsWith("scripts")) continue;
        const allowed = ARROWS[from.room];
        if (allowed === undefined) {
          faults.push(
            `${from.path}: the room ${from.room} is not in the table of scripts/check_arrows.ts`,
          );
        } else if (to.path !== "deno.json" && !["errors", "std", ...allowed].includes(to.room)) {
          faults.push(`${from.path} imports ${to.path}: ${from.room} may not import ${to.room}`);
        }
      }
    }
  }
}
if (faults.length > 0) {
  console.error(faults.join("\n"));
  Deno.exit(1);
}
console.log(`${arrows} imports between rooms, all allowed`);

function entriesOf(folder: string): string[] {
  return [...Deno.readDirSync(new URL(`${folder}/`, root))].filter(({ name }) =>
    name.endsWith(".ts")
  ).map(({ name }) => `${folder}/${name}`);
}

function placeOf(specifier: string): { room: string; path: string } | undefined {
  if (!specifier.startsWith(root)) return undefined;
  const path = specifier.slice(root.length);
  const parts = path.split("/");
  return { room: parts[0] === "lib" ? parts[1] : parts[0], path };
}
