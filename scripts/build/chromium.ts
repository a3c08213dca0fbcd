/** A headless Chromium, where the machine has one. */
import type { Browser } from "playwright-core";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/opt/google/chrome/chrome",
];

/**
 * Where Chromium is: what CHROMIUM names, else one of the usual places; undefined where there is
 * none.
 */
export async function findChromium(): Promise<string | undefined> {
  const named = Deno.env.get("CHROMIUM");
  for (const path of named === undefined ? PLACES : [named]) {
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
  return undefined;
}

/** Starts it; by default without a GPU, with `flags` as they say. */
export async function startChromium(
  executablePath: string,
  flags: readonly string[] = ["--disable-gpu"],
): Promise<Browser> {
  // a package inside playwright-core looks below /proc for Windows when it is imported, which Deno
  // allows to nobody but --allow-all; this is that package's own switch to look later, and later
  // never comes
  Deno.env.set("__IS_WSL_TEST__", "1");
  const { chromium } = await import("playwright-core");
  return await chromium.launch({
    executablePath,
    headless: true,
    args: ["--no-sandbox", ...flags],
  });
}
