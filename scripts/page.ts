/** `deno task page`: the suite as static files for browsers. */
import { runCommand } from "../lib/cli/command.ts";
import { writeFiles, writeFolder } from "../lib/files/write_folder.ts";
import type { Command } from "../lib/settings/command.ts";
import { text } from "../lib/settings/settings.ts";
import { say } from "../lib/terminal/say.ts";
import { bundlePage } from "./build/page.ts";

const FLAGS = { out: text("folder", "where the page is written", "dist/page") };
const COMMAND: Command<typeof FLAGS> = {
  name: "page",
  summary: "makes a page for browsers that trains and evaluates the baselines in itself",
  flags: FLAGS,
};

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { out } }) => {
    const files = Object.entries(await bundlePage()).map(([path, bytes]) => ({ path, bytes }));
    const owned = files.map(({ path }) => path);
    await writeFolder(out, { owned }, (folder) => writeFiles(folder, files));
    for (const { path, bytes } of files) {
      say(`${(bytes.length / 1000).toFixed(0).padStart(7)} kB  ${out}/${path}`);
    }
    return 0;
  }),
);
