import { assert, assertEquals } from "@std/assert";
import {
  BEAT_MS,
  claim,
  DEAD_AFTER_S,
  forgive,
  standingOf,
} from "../../../lib/jobs/sweep/claims.ts";
import { inFolder } from "../../in_folder.ts";

const me = { host: "here", worker: "1" };
const elsewhere = { host: "there", worker: "2" };
/** Writes a claim's last sign of life so many seconds ago. */
const age = (path: string, seconds: number) => {
  const time = new Date(Date.now() - 1000 * seconds);
  return Deno.utime(path, time, time);
};
/** A claim of another machine, whose process is not here to hold a lock. */
async function foreign(folder: string, seconds: number): Promise<string> {
  const path = `${folder}/000001.json`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(path, JSON.stringify(elsewhere));
  await age(path, seconds);
  return path;
}

Deno.test("of a crowd one has the work, and the next when it is given back", () =>
  inFolder(async (root) => {
    const folder = `${root}/work`;
    for (let round = 1; round <= 3; round++) {
      const crowd = await Promise.all(
        Array.from({ length: 50 }, (_, i) => claim(folder, { ...me, worker: `${i}` })),
      );
      const had = crowd.filter((one) => one !== undefined);
      assertEquals(had.length, 1);
      assertEquals((await standingOf(folder, me.host)).state, "alive");
      assert(await had[0].holds());
      assertEquals(had[0].deaths, 0);
      await had[0].release();
      assertEquals(await standingOf(folder, me.host), { state: "released", number: round });
    }
  }));

Deno.test("an owner elsewhere lives while it shows signs, whatever a lock says here", () =>
  inFolder(async (root) => {
    const folder = `${root}/work`;
    const path = await foreign(folder, DEAD_AFTER_S - 10);
    assertEquals(await claim(folder, me), undefined);
    await age(path, DEAD_AFTER_S + 10);
    assertEquals((await standingOf(folder, me.host)).state, "dead");
    const taken = await claim(folder, me);
    assertEquals(taken?.deaths, 1);
    // the old owner was only stopped: it sees that the work is another's now
    assertEquals(await standingOf(folder, "there"), {
      state: "alive",
      number: 2,
      host: me.host,
    });
    await taken!.release();
    assert(DEAD_AFTER_S * 1000 > 10 * BEAT_MS, "ten signs may be late before an owner is dead");
  }));

Deno.test("an owner that was outlived knows, and a claim cut short is dead in time", () =>
  inFolder(async (root) => {
    const folder = `${root}/work`;
    const old = (await claim(folder, elsewhere))!;
    await age(old.path, DEAD_AFTER_S + 10);
    const taken = (await claim(folder, me))!;
    assertEquals([await old.holds(), await taken.holds()], [false, true]);
    await old.release();
    assertEquals((await standingOf(folder, me.host)).state, "alive");
    await taken.release();

    const empty = `${root}/empty`; // killed between making the file and writing it
    await Deno.mkdir(empty);
    await Deno.writeTextFile(`${empty}/000001.json`, "");
    assertEquals((await standingOf(empty, me.host)).state, "alive");
    await age(`${empty}/000001.json`, DEAD_AFTER_S + 10);
    assertEquals((await standingOf(empty, me.host)).state, "dead");
  }));

Deno.test("on one machine a killed owner is dead at once; deaths are counted and forgiven", () =>
  inFolder(async (root) => {
    const folder = `${root}/work`;
    const script = `${root}/owner.ts`;
    const claims = new URL("../../../lib/jobs/sweep/claims.ts", import.meta.url);
    await Deno.writeTextFile(
      script,
      `import { claim } from "${claims}";
      console.log((await claim("${folder}", ${JSON.stringify(me)})).deaths);
      setInterval(() => {}, 1000);`,
    );
    for (const deaths of ["0", "1"]) {
      const owner = new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-check", "--allow-all", script],
        stdout: "piped",
      }).spawn();
      const reader = owner.stdout.getReader();
      assertEquals(new TextDecoder().decode((await reader.read()).value).trim(), deaths);
      assertEquals((await standingOf(folder, me.host)).state, "alive");
      owner.kill("SIGKILL");
      await owner.status;
      await reader.cancel();
      assertEquals((await standingOf(folder, me.host)).state, "dead");
    }
    await forgive(folder, me);
    assertEquals(await standingOf(folder, me.host), { state: "released", number: 3 });
    const next = await claim(folder, me);
    assertEquals(next?.deaths, 0);
    await next!.release();
  }));
