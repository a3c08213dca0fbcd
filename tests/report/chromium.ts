/** A headless Chromium for tests, where the machine has one. */
import { type Browser, chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/opt/google/chrome/chrome"];

/** Starts it; undefined where there is none, or CHROMIUM names one elsewhere. */
export async function startChromium(): Promise<Browser | undefined> {
  const named = Deno.env.get("CHROMIUM"), places = named === undefined ? PLACES : [named];
  for (const executablePath of places) {
    if (await Deno.stat(executablePath).then(({ isFile }) => isFile, () => false)) {
      return await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu"] });
    }
  }
  return undefined;
}
