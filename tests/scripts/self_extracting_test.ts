/** The shell script of self-extracting files, under each shell that is there. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  assertRan,
  file,
  home,
  modeOf,
  namesIn,
  newCache,
  pathIn,
  place,
  script,
  SHELLS,
  start,
} from "./self_extracting.ts";

for (const shell of SHELLS) {
  const test = (name: string, fn: () => Promise<void>) =>
    Deno.test({ name: `${shell.join(" ")}: ${name}`, ignore: Deno.build.os === "windows", fn });

  test("unpacks once, for its user alone, and starts with the arguments as they are", async () => {
    const cache = await newCache();
    for (const before of ["umask 000", ": again"]) {
      const end = await start(cache, { shell, before, args: ["a b", "", "*"] });
      assertRan(end, cache);
      assertStringIncludes(end.stdout, "program.js a b  *\n");
      assertStringIncludes(end.stdout, before.startsWith("umask") ? "\n0000\n" : "\n0022\n");
      assertEquals(end.stderr, "");
    }
    assertEquals(namesIn(cache), ["deno", "deno_dir", "tool"]);
    for (const path of [pathIn(cache, "deno-"), pathIn(cache, "tool-"), `${cache}/deno_dir`]) {
      assertEquals(await modeOf(path), "700", path);
    }
    const { mode } = await Deno.stat(`${pathIn(cache, "tool-")}/program.js`);
    assertEquals(mode! & 0o022, 0);
  });

  test("each program starts with its own permissions, and its words as they are", async () => {
    const cache = await newCache();
    const ranBy = async (...args: string[]) => {
      const { code, stdout, stderr } = await start(cache, { shell, args });
      assertEquals(code, 0, stderr);
      return stdout.split("\n")[0].replace(/^.*\/deno\.json /, "").replaceAll(cache, "CACHE")
        .replace(/-[0-9a-f]{64}/g, "");
    };
    assertEquals(
      await ranBy("one", "--a b"),
      "--allow-read=it's, one,CACHE/tool CACHE/tool/program.js one --a b",
    );
    assertEquals(
      await ranBy("two-2"),
      "--no-prompt --allow-ffi CACHE/tool/program.js two-2",
    );
    const none = "--no-prompt --allow-read=.,../shared,CACHE/tool CACHE/tool/program.js";
    assertEquals(await ranBy("two", "one"), `${none} two one`);
  });

  test("what the user allows beyond the task goes to Deno, a folder with spaces too", async () => {
    const cache = await newCache();
    const env = { BASELINES_READ: "/my data", BASELINES_ALLOW: "--allow-sys --allow-env=A" };
    const { stdout } = await start(cache, { shell, env });
    assertStringIncludes(stdout, " --allow-read=/my data --allow-sys --allow-env=A ");
    assertStringIncludes(stdout, "\nwords: 13\n");
  });

  test("what the environment says of shells and tools changes nothing", async () => {
    const cache = await newCache();
    await Deno.mkdir(`${place}/elsewhere/cache`, { recursive: true });
    const env = {
      CDPATH: `${place}/elsewhere`,
      ENV: "/dev/null",
      TAR_OPTIONS: "--exclude=*.js",
      GZIP: "-v",
      POSIXLY_CORRECT: "1",
      IFS: "/",
      LC_ALL: "tr_TR.UTF-8",
    };
    assertRan(await start(cache, { shell, env, path: "./tool" }), cache);
    const again = { shell, env: { ...env, PATH: `${place}:${Deno.env.get("PATH")}` }, cwd: "/" };
    assertRan(await start(cache, { ...again, path: file }), cache);
  });

  test("a folder that others may write to is refused aloud; it keeps its mode", async () => {
    for (const mode of [0o777, 0o775, 0o1777]) {
      const cache = await newCache(mode);
      const other = await newCache(); // what a whole cache looks like
      assertEquals((await start(other, { shell })).code, 0);
      const whole = pathIn(other, "deno-");
      await Deno.writeTextFile(
        `${cache}/${whole.slice(whole.lastIndexOf("/") + 1)}`,
        "#!/bin/sh\necho PLANTED\n",
        { mode: 0o755 },
      );
      const end = await start(cache, { shell });
      assertRan(end, home);
      assertStringIncludes(end.stderr, `COLDSTART_CACHE=${cache} is not used`);
      assertEquals(await modeOf(cache), mode.toString(8));
      assertEquals(namesIn(cache), ["deno"]);
    }
    const kept = await newCache(0o755);
    assertRan(await start(kept, { shell }), kept);
    assertEquals(await modeOf(kept), "755");
  });

  test("nor is a link, a file, a path with a comma, or a place of others", async () => {
    const target = await newCache();
    await Deno.symlink(target, `${target} link`);
    await Deno.writeTextFile(`${target} file`, "");
    const open = await newCache(0o777);
    const sticky = await newCache(0o1777);
    for (const path of [`${target} link`, `${target} file`, `${target},/etc`, `${open}/own`, "x"]) {
      const end = await start(path, { shell });
      assertRan(end, home);
      assertStringIncludes(end.stderr, "is not used", path);
    }
    assertEquals(namesIn(target), []);
    assertRan(await start(`${sticky}/own`, { shell }), `${sticky}/own`);
    assertEquals(await modeOf(`${sticky}/own`), "700");
  });

  test("what was damaged or planted in the cache is replaced before it runs", async () => {
    const cache = await newCache();
    assertRan(await start(cache, { shell }), cache);
    const [deno, program] = [pathIn(cache, "deno-"), pathIn(cache, "tool-")];
    const bytes = await Deno.readFile(deno);
    const damages: (() => void)[] = [
      () => Deno.truncateSync(deno),
      () => Deno.writeFileSync(deno, bytes.map((byte, i) => i === 20_000 ? byte ^ 1 : byte)),
      () => Deno.chmodSync(deno, 0o600),
      () => Deno.truncateSync(`${program}/program.js`),
      () => Deno.removeSync(`${program}/sub/it's a name.wasm`),
      () => Deno.writeTextFileSync(`${program}/package.json`, "{}"),
      () => Deno.writeTextFileSync(`${program}/SHA256SUMS`, ""),
      () => Deno.chmodSync(`${program}/program.js`, 0o666),
      () => Deno.chmodSync(program, 0o777),
      () => {
        Deno.removeSync(`${program}/program.js`);
        Deno.symlinkSync(deno, `${program}/program.js`);
      },
      () => {
        Deno.removeSync(program, { recursive: true });
        Deno.writeTextFileSync(program, "a file");
      },
    ];
    for (const damage of damages) {
      damage();
      assertRan(await start(cache, { shell }), cache);
      assertEquals(await Deno.readFile(deno), bytes);
      assertEquals(namesIn(program), ["SHA256SUMS", "deno.json", "program.js", "sub"]);
      assertEquals(namesIn(cache), ["deno", "deno_dir", "tool"]);
    }
  });

  test("a file that is cut anywhere ends with an error and runs nothing", async () => {
    const whole = await Deno.readFile(file);
    const cut = `${place}/cut`;
    const lengths = [12, 60, 100, 130];
    for (let length = 200; length < script; length += 450) lengths.push(length);
    const within = (part: number) => Math.floor(script + part * (whole.length - script));
    lengths.push(script - 30, script, script + 1, within(0.2), within(0.7), whole.length - 1);
    const cache = await newCache();
    for (const filled of [false, true]) { // also where everything is unpacked already
      for (const length of lengths) {
        await Deno.writeFile(cut, whole.subarray(0, length), { mode: 0o755 });
        const { code, stdout } = await start(cache, { shell, path: cut });
        assert(code !== 0, `cut at ${length} of ${script}: exit 0`);
        assertEquals(stdout, "", `cut at ${length}`);
      }
      if (!filled) {
        assertEquals(namesIn(cache), []);
        assertRan(await start(cache, { shell }), cache);
      }
    }
  });

  test("what killed unpackings left is swept, what a living one makes is not", async () => {
    const cache = await newCache();
    const dead = new Deno.Command("true").spawn();
    await dead.status;
    await Deno.writeTextFile(`${cache}/deno-0.${dead.pid}.part`, "half");
    await Deno.mkdir(`${cache}/tool-0.${dead.pid}.part/sub`, { recursive: true });
    await Deno.writeTextFile(`${cache}/.try.${dead.pid}`, "");
    await Deno.writeTextFile(`${cache}/deno-0.${Deno.pid}.part`, "half");
    assertRan(await start(cache, { shell }), cache);
    const left = namesIn(cache).filter((name) => !/^(deno|deno_dir|tool)$/.test(name));
    assertEquals(left, [`deno-0.${Deno.pid}.part`]);
  });
}
