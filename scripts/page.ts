/** `deno task page`: the suite as static files for browsers. */
import { runCommand } from "../lib/cli/command.ts";
import { writeFiles, writeFolder } from "../lib/files/write_folder.ts";
import type { Command } from "../lib/settings/command.ts";
import { text } from "../lib/settings/settings.ts";
import { JSON_OUT } from "../lib/jobs/settings.ts";
import { say, sayJson } from "../lib/terminal/say.ts";
import { bundlePage } from "./build/page.ts";

const FLAGS = { out: text("folder", "where the page is written", "dist/page"), json: JSON_OUT };
const COMMAND: Command<typeof FLAGS> = {
  name: "page",
  summary: "makes a page for browsers that trains and evaluates the baselines in itself",
  flags: FLAGS,
};

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { out, json } }) => {
    const files = Object.entries(await bundlePage()).map(([path, bytes]) => ({ path, bytes }));
    const owned = files.map(({ path }) => path);
    await writeFolder(out, { owned }, (folder) => writeFiles(folder, files));
    const sizes = files.map(({ path, bytes }) => ({ file: `${out}/${path}`, bytes: bytes.length }));
    if (json) return sayJson(sizes, 2);
    for (const { file, bytes } of sizes) {
      say(`${(bytes / 1000).toFixed(0).padStart(7)} kB  ${file}`);
    }
  }),
);
