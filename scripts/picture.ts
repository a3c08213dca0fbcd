/** `deno task picture`: the top of a run's page as docs/report.png, which README shows. */
import { runCommand } from "../lib/cli/command.ts";
import { InputError } from "../lib/errors/input_error.ts";
import { readRun } from "../lib/runs/read_run.ts";
import { PAGE } from "../lib/runs/manifest.ts";
import type { Command } from "../lib/settings/command.ts";
import { integer, text } from "../lib/settings/settings.ts";
import { findChromium, startChromium } from "./build/chromium.ts";
import { JSON_OUT } from "../lib/jobs/settings.ts";
import { say, sayJson } from "../lib/terminal/say.ts";

const FLAGS = {
  run: text("tag", "the run whose page is shown, or latest", "latest"),
  out: text("folder", "project folder in which the run's reports/ lies", "."),
  width: integer("columns of the picture, in pixels", 1000, 200, 4000),
  height: integer("lines of the picture, in pixels", 900, 200, 8000),
  json: JSON_OUT,
};
const COMMAND: Command<typeof FLAGS> = {
  name: "picture",
  summary: "draws the top of a run's page into docs/report.png",
  flags: FLAGS,
};

/** A picture in a README is not to keep its reader waiting. */
const MOST_BYTES = 200_000;

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { run, out, width, height, json } }) => {
    const { folder } = await readRun(out, run);
    const chromium = await findChromium();
    if (chromium === undefined) {
      throw new InputError({
        doing: "drawing a page",
        found: "no Chromium",
        wanted: "one in a usual place or named by CHROMIUM",
      });
    }
    const browser = await startChromium(chromium);
    try {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme: "light" });
      await page.goto(`file://${await Deno.realPath(`${folder}/${PAGE}`)}`);
      const picture = await page.screenshot();
      if (picture.length > MOST_BYTES) {
        throw new InputError({
          doing: "drawing a page",
          found: `a picture of ${picture.length} bytes`,
          wanted: `at most ${MOST_BYTES}`,
          next: "lower --width or --height",
        });
      }
      await Deno.writeFile("docs/report.png", picture);
      if (json) return sayJson({ file: "docs/report.png", bytes: picture.length }, 2);
      say(`docs/report.png  ${picture.length} bytes`);
    } finally {
      await browser.close();
    }
  }),
);
