/** The bundled page in a real browser, from a static server or from disk. */
import { unzipSync } from "fflate";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { bundlePage } from "../../scripts/build/page.ts";
import { findChromium, startChromium } from "../../scripts/build/chromium.ts";

/** Chromium, where this machine has one. */
export const CHROMIUM = await findChromium();
if (CHROMIUM === undefined) {
  console.error("no Chromium (apt-get install chromium): the page's tests are skipped");
}

/** For machines with much else to do: what hangs, hangs longer. */
const LONGEST_MS = 180_000;

/** How the page is served. */
export type Serving =
  /** From disk. */
  | "disk"
  /** By a static server. */
  | "server"
  /** By one whose headers isolate the page, so that threads may share memory. */
  | "isolating server";

/** The page, open and ready, and what it was heard to complain of or to ask for. */
export interface OpenPage {
  readonly page: Page;
  readonly heard: string[];
}

/** The browser and the page's files, for tests that share them. */
export interface Place {
  open(serving: Serving, options?: BrowserContextOptions): Promise<OpenPage>;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  css: "text/css",
};
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

let bundled: ReturnType<typeof bundlePage> | undefined;

/**
 * Bundles the page once, and starts a browser with these flags. `inWorker` is JavaScript that the
 * page's worker runs before its program.
 */
export async function openPlace(flags?: readonly string[], inWorker?: string): Promise<Place> {
  const files = await (bundled ??= bundlePage());
  const browser: Browser = await startChromium(CHROMIUM!, flags);
  const folder = await Deno.makeTempDir();
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
  const serve = (headers: Record<string, string>) =>
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
      const name = new URL(url).pathname.slice(1) || "index.html";
      const type = TYPES[name.split(".").at(-1)!];
      return Object.hasOwn(files, name)
        ? new Response(files[name], { headers: { "content-type": type, ...headers } })
        : new Response("", { status: 404 });
    });
  const servers = { "server": serve({}), "isolating server": serve(ISOLATION) };
  return {
    async open(serving, options) {
      const address = serving === "disk"
        ? `file://${folder}/index.html`
        : `http://127.0.0.1:${(servers[serving].addr as Deno.NetAddr).port}/`;
      const page = await (await browser.newContext(options)).newPage();
      page.setDefaultTimeout(LONGEST_MS);
      if (inWorker !== undefined) {
        await page.addInitScript({
          content: `let programs;
          Object.defineProperty(globalThis, "PROGRAMS", {
            get: () => programs,
            set: (own) => programs = { ...own, worker: ${JSON.stringify(inWorker)} + own.worker },
          });`,
        });
      }
      const heard: string[] = [];
      page.on("console", (message) => heard.push(message.text()));
      page.on("pageerror", (error) => heard.push(String(error)));
      page.on("request", (request) => {
        const own = request.url().startsWith(address.replace(/index\.html$/, ""));
        if (!own && !/^(blob|data):/.test(request.url())) heard.push(`request ${request.url()}`);
      });
      await page.goto(address);
      await page.waitForSelector("#run:enabled");
      return { page, heard };
    },
    async close() {
      await browser.close();
      for (const server of Object.values(servers)) await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Chooses the models and settings of the next run. */
export async function choose(
  page: Page,
  models: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const box of await page.locator("#models input").all()) {
    await box.setChecked(models.includes((await box.getAttribute("value"))!));
  }
  await page.evaluate(`document.getElementById("settings").open = true`);
  for (const [flag, value] of Object.entries(settings)) {
    const field = page.locator(`#setting-${flag}`);
    const tag = await page.evaluate(`document.getElementById("setting-${flag}").tagName`);
    await (tag === "SELECT" ? field.selectOption(value) : field.fill(value));
  }
}

/** Waits until the page's status says so. @throws Error with the page's words where it failed. */
export async function waitFor(page: Page, status: RegExp): Promise<void> {
  const either = new RegExp(`${status.source}|${FAILED.source}`);
  const found = page.locator("#status").filter({ hasText: either });
  await found.waitFor();
  if (status.test(await found.innerText())) return;
  throw new Error(`the page says: ${await page.locator("#fault").innerText()}`);
}

/** What the status says above a fault. */
export const FAILED = /did not work/;

/** The zip that the page saves: files by their paths in a project's folder. */
export async function savedZip(page: Page, button = "#zip"): Promise<Record<string, Uint8Array>> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  return unzipSync(await Deno.readFile(await download.path()));
}
