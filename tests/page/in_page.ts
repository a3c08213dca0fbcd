/** What the page's tests share: one browser, data to give, and runs of the page and the command. */
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { configOf, runJob } from "../jobs/job.ts";
import { recorder } from "../jobs/recorder.ts";
import { CHROMIUM, openPlace, type Place, savedZip, waitFor } from "./open_page.ts";

/** A test in the browser, which is another process with pipes of its own. */
export function browserTest(name: string, fn: (place: Place) => Promise<void>): void {
  Deno.test({
    name,
    ignore: CHROMIUM === undefined,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => await fn(await place()),
  });
}

let opened: Promise<Place> | undefined;
const place = () => opened ??= openPlace();
Deno.test.afterAll(async () => await (await opened)?.close());

/** Settings of a run that takes no time. */
export const TINY = { k: "1", q: "2", epochs: "2", "batch-size": "16" };

/** Files by their paths in a folder. */
export type Files = Readonly<Record<string, Uint8Array>>;

export async function write(folder: string, files: Files): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeFile(`${folder}/${path}`, bytes);
  }
}

/** Writes a folder of data and gives it to the page. */
export async function give(page: Page, folder: string, files: Files): Promise<void> {
  await write(folder, files);
  await page.setInputFiles("#folder", folder);
  await waitFor(page, /Ready/);
}

/** The files of the page's run, by their names in the run's folder. */
export async function savedRun(page: Page): Promise<Record<string, string>> {
  const zip = await savedZip(page);
  return Object.fromEntries(
    Object.entries(zip).map(([path, bytes]) => {
      const [, name] = /^reports\/[^/]+\/\d{8}_\d{6}\/(.*)$/.exec(path)!;
      return [name, new TextDecoder("latin1").decode(bytes)];
    }),
  );
}

/** The files of the command's run on the same data, likewise. */
export async function commandRun(out: string, flags: readonly string[], data: string) {
  const config = configOf(...flags, "--out", out);
  const end = await runJob(config, data, recorder().terminal);
  if (!("finished" in end)) throw new Error("the run was stopped");
  const folder = `${out}/${end.finished.outDir}`;
  return async (name: string) =>
    new TextDecoder("latin1").decode(await Deno.readFile(`${folder}/${name}`));
}

/**
 * A document without what tells one run from another: its identity and time. Bounds of intervals
 * come from the browser's own exp and log, which may differ from Deno's in the last bits.
 */
export function told(document: string): unknown {
  const { run_id: _id, run_tag: _tag, created_at: _at, ...rest } = JSON.parse(
    document,
    (key, value) => key === "low" || key === "high" ? Number(value.toPrecision(12)) : value,
  );
  return rest;
}

/** Nothing turns, nothing waits, and a run can be begun. */
export async function assertIdle(page: Page, where: string): Promise<void> {
  assertEquals(await page.locator("#bars").isHidden(), true, where);
  assertEquals(await page.locator("#stop").isHidden(), true, where);
  assertEquals(await page.locator("#run").isEnabled(), true, where);
}
