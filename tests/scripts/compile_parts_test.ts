/** What the single files are made of: permissions, programs, assets, archives. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { assetsOf } from "../../scripts/compile/assets.ts";
import { tarOf } from "../../scripts/compile/tar.ts";
import { surplus, taskOf, unionOf } from "../../scripts/compile/task.ts";
import { PROGRAM_FLAGS, type ProgramName, PROGRAMS } from "../../scripts/programs.ts";

const root = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

Deno.test("a program's permissions are its task's", () => {
  assertEquals(taskOf("recommend"), {
    script: "scripts/recommend.ts",
    flags: ["--no-prompt", "--allow-read=.,../shared", "--allow-env=XDG_RUNTIME_DIR"],
  });
  assert(
    taskOf("serve").flags.every((flag) => !/^--allow-(all|net|write|run|ffi|sys)$/.test(flag)),
  );
  assertThrows(() => taskOf("ok"), TypeError, "deno run");
});

/** What of `targets` a program may do with `flags` once it has given back what is not its own. */
async function mayDo(flags: readonly string[], own: readonly string[], targets: unknown) {
  const code = `for (const one of ${JSON.stringify(surplus(flags, own))}) ` +
    `await Deno.permissions.revoke(one);` +
    `for (const one of ${JSON.stringify(targets)}) ` +
    `console.log(Deno.permissions.querySync(one).state === "granted");`;
  const script = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(script, code);
  const args = ["run", "--quiet", ...flags, script];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => line === "true");
}

Deno.test("a compiled file's program gives back what its own task does not name", async () => {
  const all = unionOf(Object.values(PROGRAM_FLAGS));
  const targets = [
    { name: "read", path: "." },
    { name: "write", path: "reports/x" },
    { name: "write", path: "models" },
    { name: "write", path: "data/mine" },
    { name: "write", path: "data/synthetic/demo" },
    { name: "net", host: "127.0.0.1" },
    { name: "ffi" },
    { name: "env", variable: "NODE_ENV" },
    { name: "env", variable: "XDG_RUNTIME_DIR" },
  ];
  const expected: Record<string, number[]> = {
    baselines: [1, 1, 1, 0, 1, 0, 0, 1, 1],
    prepare: [1, 0, 0, 1, 1, 0, 1, 0, 0],
    report: [1, 1, 0, 0, 0, 0, 0, 1, 0],
    serve: [1, 0, 0, 0, 0, 1, 0, 0, 1],
  };
  for (const [name, may] of Object.entries(expected)) {
    assertEquals(
      await mayDo(all, PROGRAM_FLAGS[name as ProgramName], targets),
      may.map(Boolean),
      name,
    );
  }
  for (const own of Object.values(PROGRAM_FLAGS)) surplus(all, own); // none that cannot be narrowed
  assertThrows(() => surplus(["--allow-net"], ["--allow-net=x"]), TypeError, "--allow-net");
  assertEquals(unionOf([["--no-prompt", "--allow-net=a,b"], ["--no-prompt", "--allow-net=b,c"]]), [
    "--no-prompt",
    "--allow-net=a,b,c",
  ]);
});

Deno.test("every program for users is in the one file", () => {
  const tasks = Object.entries(manifest.tasks as Record<string, { command: string }>);
  const forUsers = tasks.filter(([, { command }]) => command.includes("$BASELINES_ALLOW"));
  assertEquals(Object.keys(PROGRAMS).sort(), forUsers.map(([name]) => name).sort());
});

Deno.test("assets are what the modules name: folders, workers, packages", async () => {
  const project = await Deno.makeTempDir();
  const write = async (path: string, text: string) => {
    await Deno.mkdir(`${project}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
    await Deno.writeTextFile(`${project}/${path}`, text);
  };
  await write("deno.json", "{}");
  await write("scripts/a.ts", 'import "../lib/b.ts";');
  await write(
    "lib/b.ts",
    "export const sql = (n: string) => new URL(`./sql/${n}`, import.meta.url);\n" +
      'new URL("./w.ts", import.meta.url);',
  );
  await write("lib/sql/x.sql", "SELECT 1");
  await write("lib/w.ts", 'new URL("./kernel.wasm", import.meta.url);');
  await write("lib/kernel.wasm", "");
  const { files, workers } = await assetsOf("scripts/a.ts", project);
  assertEquals([...files], [["sql", `${project}/lib/sql`], [
    "kernel.wasm",
    `${project}/lib/kernel.wasm`,
  ]]);
  assertEquals([...workers], [["w.ts", `${project}/lib/w.ts`]]);
  await write("lib/b.ts", 'new URL("../up.txt", import.meta.url);');
  await assertRejects(() => assetsOf("scripts/a.ts", project), TypeError, "../up.txt");
  assertEquals([...(await assetsOf("scripts/recommend.ts", root)).packages.keys()], [
    "@tensorflow/tfjs-backend-wasm",
  ]);
});

Deno.test("an archive is the same bytes for the same files, and tar reads it", async () => {
  const folder = await Deno.makeTempDir();
  const long = `${"deep/".repeat(30)}${"x".repeat(90)}`;
  const files: Record<string, string> = {
    "b.txt": "b",
    "a/empty": "",
    "a/512": "y".repeat(512),
    [long]: "z",
  };
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, text);
  }
  const archive = await tarOf(folder);
  const back = await Deno.makeTempDir();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await Deno.writeTextFile(`${folder}/b.txt`, "b"); // another time of change
  assertEquals(await tarOf(folder), archive);
  await Deno.writeFile(`${back}/x.tar`, archive);
  assert((await new Deno.Command("tar", { args: ["-xf", "x.tar"], cwd: back }).output()).success);
  for (const [path, text] of Object.entries(files)) {
    assertEquals(await Deno.readTextFile(`${back}/${path}`), text);
  }
});
