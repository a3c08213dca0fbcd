/**
 * The suite as a page for browsers. Its programs are bundled by `deno bundle`, which is esbuild in
 * the version that Deno pins; modules that ask a system are replaced by those of `lib/page`.
 */
import { jsonText } from "../../lib/files/json.ts";
import { STYLE } from "../../lib/report/style.ts";

/** The page's files, by their names. */
export type PageFiles = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

const ROOT = new URL("../../", import.meta.url);

/** What a page has in place of what a command line has. Paths are those of the project. */
const INSTEAD: Readonly<Record<string, string>> = {
  "node:path": "npm:pathe@2.0.3",
  "node:path/posix": "npm:pathe@2.0.3",
  "node:zlib": "lib/page/zlib.ts",
  "lib/files/host.ts": "lib/page/host.ts",
  "lib/engine/wasm/start_thread.ts": "lib/page/start_thread.ts",
  "lib/engine/tfjs/engine.ts": "lib/page/no_tfjs.ts",
};

/** Bundles the page. @throws Error with the bundler's words. */
export async function bundlePage(): Promise<PageFiles> {
  const folder = await Deno.makeTempDir();
  try {
    const map = `${folder}/import_map.json`;
    await Deno.writeTextFile(map, jsonText({ imports: await importsOfPage() }));
    const [thread, worker, page] = await Promise.all(
      ["lib/engine/wasm/worker.ts", "lib/page/worker.ts", "lib/page/page.ts"].map((entry) =>
        bundle(entry, map, `${folder}/${entry.replaceAll("/", "_")}.js`)
      ),
    );
    const programs = `globalThis.PROGRAMS = ${JSON.stringify({ thread, worker })};\n`;
    const style = await Deno.readTextFile(new URL("lib/page/page.css", ROOT));
    const markup = await Deno.readTextFile(new URL("lib/page/index.html", ROOT));
    const files = {
      "index.html": markup.replace("REPORT_STYLE", await hashOf(STYLE)),
      "page.css": STYLE + style,
      "programs.js": programs,
      "page.js": page,
    };
    return Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)]),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Bundles one program for browsers, as a script. */
export async function bundle(entry: string, map: string, file: string): Promise<string> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      "--format=iife",
      "--minify",
      `--import-map=${map}`,
      `--output=${file}`,
      entry,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`bundling ${entry}: ${new TextDecoder().decode(stderr)}`);
  return await Deno.readTextFile(file);
}

/** The project's imports, with what a page has in place of some of them. */
async function importsOfPage(): Promise<Record<string, string>> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const url = (place: string) => place.includes(":") ? place : new URL(place, ROOT).href;
  const instead = Object.entries(INSTEAD).map(([from, to]) => [url(from), url(to)]);
  return { ...imports, ...Object.fromEntries(instead) };
}

/** A source of a content security policy that allows this style sheet and no other. */
async function hashOf(style: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  return `'sha256-${new Uint8Array(digest).toBase64()}'`;
}
