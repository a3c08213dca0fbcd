import { assert, assertEquals } from "@std/assert";

/** The faults that the check finds in a tree of these files, and its exit code. */
async function check(files: Readonly<Record<string, string>>) {
  const tree = await Deno.makeTempDir();
  try {
    const all = { "mod.ts": "", "scripts/a.ts": "", "deno.json": "{}", ...files };
    for (const [path, source] of Object.entries(all)) {
      await Deno.mkdir(`${tree}/${path.slice(0, path.lastIndexOf("/") + 1)}`, { recursive: true });
      await Deno.writeTextFile(`${tree}/${path}`, source);
    }
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--allow-read",
        "--allow-run",
        "scripts/check_arrows.ts",
        tree,
      ],
    }).output();
    const lines = new TextDecoder().decode(stderr).trim().split("\n");
    return { code, faults: lines.slice(0, -1) };
  } finally {
    await Deno.remove(tree, { recursive: true });
  }
}

Deno.test("arrows that the design allows pass, types and deno.json among them", async () => {
  const { code } = await check({
    "mod.ts": `export { b } from "./lib/dataset/b.ts";`,
    "scripts/a.ts": `import "../lib/jobs/j.ts";`,
    "lib/files/f.ts": `import "../errors/e.ts"; import "./host.ts"; export const f = 1;`,
    "lib/files/host.ts": "export const host = Deno;\nexport const h = Deno.cwd();",
    "lib/errors/e.ts": "export const e = 1;",
    "lib/dataset/b.ts": `import "../files/f.ts"; export const b = 1; export type B = number;`,
    "lib/runs/r.ts": "export type R = number; export const r = 1;",
    "lib/report/p.ts": `import type { R } from "../runs/r.ts"; export const p: R = 1;`,
    "lib/jobs/j.ts":
      `import "../report/p.ts"; import v from "../../deno.json" with { type: "json" };
      console.log(v);`,
    // a comment that speaks of Deno.readFile, and a type from a room of files, stay in no browser
    "lib/evaluation/v.ts": `import type { B } from "../dataset/b.ts"; export const v: B = 1;`,
  });
  assertEquals(code, 0);
});

Deno.test("each fault is told with its file, its import and the rule", async () => {
  const { code, faults } = await check({
    "lib/metrics/m.ts": `import { p } from "../report/p.ts"; export const m = p;`,
    "lib/report/p.ts": `import { r } from "../runs/r.ts"; export const p = r;`,
    "lib/runs/r.ts": "export const r = 1;",
    "lib/random/out.ts": `import { a } from "../../scripts/a.ts"; console.log(a);`,
    "scripts/a.ts": "export const a = 1;",
    "lib/attic/x.ts": "",
    // a circle of types
    "lib/random/a.ts": `import type { B } from "./b.ts"; export type A = B;`,
    "lib/random/b.ts": `import type { A } from "./a.ts"; export type B = A | 1;`,
    // Deno two imports away, and node: where it stands
    "lib/samplers/s.ts": `import { d } from "../dataset/d.ts"; export const s = d;`,
    "lib/dataset/d.ts": `// Deno.cwd() in a comment\nexport const d = Deno.readFileSync("d");`,
    "lib/models/n.ts": `import { gunzipSync } from "node:zlib"; export const n = gunzipSync;`,
  });
  assertEquals(code, 1);
  assertEquals(
    faults.sort(),
    [
      "lib/attic/x.ts: the room attic is not in the table of scripts/check_arrows.ts",
      "lib/dataset/d.ts uses Deno.readFileSync (line 2): samplers runs in browsers, and " +
      "lib/samplers/s.ts imports lib/dataset/d.ts",
      "lib/dataset/d.ts uses Deno.readFileSync (line 2): " +
      "dataset asks the system through lib/files/host.ts",
      "lib/metrics/m.ts imports lib/report/p.ts: metrics may import dataset, random",
      "lib/models/n.ts imports node:zlib: models runs in browsers",
      "lib/random/a.ts imports lib/random/b.ts imports lib/random/a.ts: " +
      "files may not import each other in a circle",
      "lib/random/out.ts imports scripts/a.ts: random may import errors only",
      "lib/report/p.ts imports lib/runs/r.ts: report may import types of runs only",
    ].sort(),
  );
});

Deno.test("every room of lib is in the table", async () => {
  const rooms = [];
  for await (const { name, isDirectory } of Deno.readDir("lib")) if (isDirectory) rooms.push(name);
  const table = await Deno.readTextFile("scripts/check_arrows.ts");
  for (const room of rooms) assert(new RegExp(`^  ${room}: \\{`, "m").test(table), room);
});
