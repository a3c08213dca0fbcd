import { assertEquals, assertRejects } from "@std/assert";
import { lock, tryLock } from "../../lib/files/lock.ts";
import { inFolder } from "../in_folder.ts";

Deno.test("a wait for a lock is said once, and ends with the lock or when it is told to", () =>
  inFolder(async (root) => {
    const path = `${root}/lock`;
    const held = (await tryLock(path))!;
    assertEquals(await tryLock(path), undefined);
    const said: string[] = [];
    let asked = 0;
    const patience = {
      waits: (of: string) => void said.push(of),
      goOn: () => {
        asked++;
        if (said.length > 0 && asked > 10) held.release();
      },
    };
    (await lock(path, patience)).release();
    assertEquals(said, [path]);
    const again = (await tryLock(path))!;
    const stop = () => {
      throw new RangeError("enough");
    };
    await assertRejects(() => lock(path, { ...patience, goOn: stop }), RangeError, "enough");
    again.release();
  }));

Deno.test("a crowd takes its turns, one at a time", () =>
  inFolder(async (root) => {
    let inside = 0;
    let most = 0;
    await Promise.all(Array.from({ length: 40 }, async () => {
      const turn = await lock(`${root}/lock`);
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside--;
      turn.release();
    }));
    assertEquals(most, 1);
  }));

Deno.test("a lock knows whether its file is in its place", () =>
  inFolder(async (root) => {
    await Deno.mkdir(`${root}/run`);
    const held = (await tryLock(`${root}/run/lock`))!;
    assertEquals(await held.isThere(), true);
    await Deno.rename(`${root}/run`, `${root}/moved`);
    assertEquals(await held.isThere(), false);
    await Deno.mkdir(`${root}/run`);
    await Deno.writeTextFile(`${root}/run/lock`, ""); // another file of that name
    assertEquals(await held.isThere(), false);
    held.release();
  }));
