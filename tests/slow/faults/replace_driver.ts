/** Fails each call of a folder's replacement once, in this process, which has loaded the shim. */
import { assertEquals } from "@std/assert";
import { recover } from "../../../lib/files/scratch.ts";
import { tell } from "./control.ts";
import { replace } from "./replace.ts";

/** Which of two texts a folder holds, as a whole; anything else is a fault. */
export async function contentsOf(folder: string): Promise<string> {
  const [first, second] = await Promise.all(
    ["a", "sub/b"].map((path) => Deno.readTextFile(`${folder}/${path}`)),
  );
  assertEquals(first, second);
  return first;
}

if (import.meta.main) {
  const [work, control, calls] = Deno.args;
  for (let at = 1; at <= Number(calls); at++) {
    await Deno.mkdir(work, { recursive: true });
    await tell(control, "count");
    await replace(`${work}/data`, "old");
    await tell(control, "fail", at);
    const done = await replace(`${work}/data`, "new");
    await tell(control, "count");
    assertEquals(await contentsOf(`${work}/data`), done ? "new" : "old", `at ${at}`);
    await recover(work);
    assertEquals([...Deno.readDirSync(work)].map(({ name }) => name), ["data"], `at ${at}`);
    await Deno.remove(work, { recursive: true });
  }
}
