import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { inFolder } from "../in_folder.ts";
import { tinyFolder } from "../dataset/tiny.ts";
import { filesBelow, resultOf, runsWith } from "./outputs.ts";
import { permissionsOf, type Project, SMALL_RUN, withProject, writeFiles } from "./program.ts";

const RUN = [...SMALL_RUN, "--epochs", "1", "--models", "popularity,gru_global"];
const WINDOWS = Deno.build.os === "windows";

/** Tasks that users run on data, and what each may beyond reading and writing named places. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  // echarts asks for NODE_ENV; Vulkan's driver complains where XDG_RUNTIME_DIR is not set
  baselines: ["--allow-env=NODE_ENV,XDG_RUNTIME_DIR"],
  evaluate: ["--allow-env=NODE_ENV,XDG_RUNTIME_DIR"],
  // its workers are further processes of it; the machine's name tells whose claims a lock speaks of
  sweep: [
    "--allow-env=NODE_ENV,XDG_RUNTIME_DIR",
    "--allow-sys=hostname",
    "--allow-run=deno,sbatch,squeue",
  ],
  recommend: ["--allow-env=XDG_RUNTIME_DIR"],
  serve: ["--allow-env=XDG_RUNTIME_DIR", "--allow-net=127.0.0.1,localhost,[::1],0.0.0.0,[::]"],
  synthesize: [],
  prepare: ["--allow-ffi"], // DuckDB is a native library
  report: ["--allow-env=NODE_ENV"],
  conform: [],
};

Deno.test("every task has the permissions it needs and no more", () => {
  const tasks: Record<string, { command: string }> = manifest.tasks;
  for (const [task, extra] of Object.entries(PROGRAMS)) {
    const flags = permissionsOf(task as keyof typeof manifest.tasks);
    assert(flags.includes("--no-prompt"), task);
    const others = flags.filter((flag) =>
      flag !== "--no-prompt" && !/^--allow-(read|write)=[^,/]/.test(flag)
    );
    assertEquals(others, [...extra], task);
    const named = flags.flatMap((flag) =>
      /^--allow-(?:read|write)=(.*)$/.exec(flag)?.[1].split(",") ?? []
    );
    for (const path of named) {
      assert(
        path !== "" && !path.startsWith("/") && (path === "../shared" || !path.includes("..")),
        `${task}: ${path}`,
      );
    }
    const writes = flags.some((flag) => flag.startsWith("--allow-write"));
    assertEquals(tasks[task].command.match(/\$\w+/g), [
      "$BASELINES_READ",
      ...writes ? ["$BASELINES_WRITE"] : [],
      "$BASELINES_ALLOW",
    ], task);
  }
  for (const { command } of Object.values(tasks)) {
    assert(!/ (-A|--allow-all)\b/.test(command), command);
  }
});

/** What `deno task` makes of a program's line: its words behind `deno`. */
async function wordsOf(task: string, folder: string, env: Record<string, string>) {
  const { command } = (manifest.tasks as Record<string, { command: string }>)[task];
  const print = "deno eval 'console.log(JSON.stringify(Deno.args))' ";
  const tasks = { print: command.replace(/^deno /, print) };
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ tasks }));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "print"],
    cwd: folder,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout)) as string[];
}

Deno.test({
  name: "what a user may add to a task is added, and nothing where nothing is named",
  ignore: WINDOWS,
  fn: () =>
    inFolder(async (folder) => {
      await Deno.mkdir(`${folder}/my data`);
      await Deno.writeTextFile(`${folder}/my data/log.csv`, "");
      for (const task of Object.keys(PROGRAMS)) {
        const own = permissionsOf(task);
        const ownPlaces = own.flatMap((flag) => flag.split("=")[1]?.split(",") ?? []);
        const added = async (place: string, allow: string) => {
          const env = { BASELINES_READ: place, BASELINES_WRITE: place, BASELINES_ALLOW: allow };
          const words = await wordsOf(task, folder, env);
          return words.filter((word) => word.startsWith("--allow-") && !own.includes(word));
        };
        for (const nothing of ["", "nowhere", `${folder}/no`]) {
          const places = (await added(nothing, "")).map((flag) => flag.split("=")[1]);
          assertEquals(places.filter((place) => !ownPlaces.includes(place)), [], task);
        }
        for (const place of [`${folder}/my data`, "my data/log.csv"]) {
          const writes = own.some((flag) => flag.startsWith("--allow-write"));
          assertEquals(await added(place, "--allow-sys"), [
            `--allow-read=${place}`,
            ...writes ? [`--allow-write=${place}`] : [],
            "--allow-sys",
          ]);
        }
      }
    }),
});

/** The task's permissions without one: a whole flag, or one place of it. */
function without(removed: string): string[] {
  const [name, place] = removed.split("=");
  return permissionsOf("baselines").flatMap((flag) => {
    if (flag !== name && !flag.startsWith(`${name}=`)) return [flag];
    const left = place === undefined
      ? []
      : flag.slice(name.length + 1).split(",").filter((other) => other !== place);
    return left.length === 0 ? [] : [`${name}=${left.join(",")}`];
  });
}

/** What is said of a permission that is missing; of the environment Deno's own words. */
const DENIED = /no permission to (read|write) |Requires env access/;

Deno.test("a run asks for nothing but its task's permissions, and needs each of them", async () => {
  await withProject(async ({ folder, run }) => {
    const { code, output } = await run(RUN); // --no-prompt: anything else would have ended it
    assertEquals(code, 0, output);
    const [tag] = await runsWith(folder, "report.html");
    assertEquals(
      Object.keys(await resultOf(folder, tag)).includes("models/gru_global.safetensors"),
      true,
    );
    const writes = ["models", "results", "reports", "meta.json", "meta.json.lock", "meta.json.tmp"]
      .map((path) => `--allow-write=${path}`);
    for (const removed of [...writes, "--allow-read=.", "--allow-env"]) {
      const { code, output } = await run(RUN, { permissions: without(removed) });
      assertEquals(code, 1, `without ${removed}: ${output}`);
      assertMatch(output, DENIED, removed);
    }
    const elsewhere = [...RUN, "--out", "runs/mine"];
    const denied = await run(elsewhere, { permissions: without("--allow-write=runs") });
    assertEquals(denied.code, 1, denied.output);
    assertStringIncludes(denied.output, "BASELINES_ALLOW");
    const allowed = await run(elsewhere);
    assertEquals(allowed.code, 0, allowed.output);
  });
});

/** Allows every file, so that what is refused is refused by the program. */
const EVERY_FILE = ["--no-prompt", "--allow-read", "--allow-write", "--allow-env=NODE_ENV"];

/** A folder beside the project that must stay empty. */
async function withOutside(
  use: (project: Project, outside: string) => Promise<void>,
): Promise<void> {
  const outside = await Deno.makeTempDir({ prefix: "outside_" });
  await withProject((project) => use(project, outside));
  assertEquals(await Array.fromAsync(Deno.readDir(outside)), [], "something was written outside");
  await Deno.remove(outside);
}

Deno.test("--out outside of what the task may write is refused, and nothing is written there", () =>
  withOutside(async ({ run }, outside) => {
    for (const out of [outside, "..", `reports/../../${outside.split("/").at(-1)}`]) {
      const { code, output } = await run([...RUN, "--out", out]);
      assertEquals(code, 1, output);
      assertMatch(output, DENIED);
      assertStringIncludes(output, "BASELINES_ALLOW");
    }
  }));

for (
  const link of [
    "reports",
    "reports/06_base_model_selection_xuetangx",
    "models",
    "models/baselines",
    "results",
  ]
) {
  Deno.test({
    name: `outputs do not follow a link out of the project: ${link}`,
    ignore: WINDOWS,
    fn: () =>
      withOutside(async ({ folder, run }, outside) => {
        if (link.includes("/")) {
          await Deno.mkdir(`${folder}/${link.slice(0, link.lastIndexOf("/"))}`);
        }
        await Deno.symlink(outside, `${folder}/${link}`);
        const { code, output } = await run([...SMALL_RUN, "--models", "random"], {
          permissions: EVERY_FILE,
        });
        assertEquals(code, 1, output);
        assertStringIncludes(output, `${link} is a link to ${await Deno.realPath(outside)}`);
      }),
  });
}

Deno.test({
  name: "a linked file is replaced, not followed; a linked lock is refused",
  ignore: WINDOWS,
  fn: () =>
    withProject(async ({ folder, run }) => {
      const precious = await Deno.makeTempFile();
      const kept = "precious";
      await Deno.writeTextFile(precious, kept);
      await Deno.mkdir(`${folder}/results`);
      await Deno.symlink(precious, `${folder}/results/baselines_K1_Q2.json`);
      const { code, output } = await run(RUN, { permissions: EVERY_FILE });
      assertEquals(code, 0, output);
      assert((await Deno.lstat(`${folder}/results/baselines_K1_Q2.json`)).isFile);
      await Deno.remove(`${folder}/meta.json.lock`);
      await Deno.symlink(precious, `${folder}/meta.json.lock`);
      const refused = await run(RUN, { permissions: EVERY_FILE });
      assertEquals(refused.code, 1, refused.output);
      assertStringIncludes(refused.output, "symbolic link");
      const tag = await run(["--resume", "../../../outside", "--data", "data/tiny"], {
        permissions: EVERY_FILE,
      });
      assertEquals(tag.code, 1, tag.output);
      assertStringIncludes(tag.output, "20260130_075435");
      assertEquals(await Deno.readTextFile(precious), kept);
      await Deno.remove(precious);
    }),
});

Deno.test("names from the data choose no path and control no terminal", async () => {
  const tricks = [
    "../../x",
    "/etc/x",
    "\u001b[2J\u0007",
    "__proto__",
    "<img src=x onerror=alert(1)>",
    "a\u0000b",
    "</script><b>",
  ];
  await withProject(async ({ folder, run }) => {
    const files = tinyFolder();
    files["vocab/course2id.json"] = new TextEncoder().encode(
      `{${tricks.map((name, id) => `${JSON.stringify(name)}: ${id}`).join(", ")}}`,
    );
    await writeFiles(`${folder}/data/tricks`, files);
    const plain = await run(RUN);
    const before = await Array.fromAsync(Deno.readDir(folder));
    assertEquals(plain.code, 0, plain.output);
    const { code, output } = await run(
      RUN.map((part) => part === "data/tiny" ? "data/tricks" : part),
    );
    assertEquals(code, 0, output);
    assert(
      // deno-lint-ignore no-control-regex -- control characters are what is looked for
      !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(output),
      "the terminal heard a control character",
    );
    assertEquals((await Array.fromAsync(Deno.readDir(folder))).length, before.length);
    const [first, second] = (await runsWith(folder, "manifest.json")).map((tag) =>
      `${folder}/reports/06_base_model_selection_xuetangx/${tag}`
    );
    assertEquals(await filesBelow(second), await filesBelow(first));
    const page = await Deno.readTextFile(`${second}/report.html`);
    assert(
      !page.includes("<img src=x") && !page.includes("</script><b>"),
      "a name is markup in the page",
    );
  });
});
