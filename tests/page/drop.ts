/** Drops on the page: of a file that a script made, and of files and folders of the disk. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
import { tinyFolder } from "../dataset/tiny.ts";
import { inFolder } from "../in_folder.ts";
import { browserTest, write } from "./in_page.ts";
import { waitFor } from "./open_page.ts";

const LOG = "user_id,item_id,timestamp\n" +
  ["a,x,1", "a,y,2", "b,x,3"].map((row) => `${row}\n`).join("");

/** What the browser does when a person drags these paths over the page and lets go. */
async function dropFromDisk(page: Page, files: string[]): Promise<void> {
  await page.locator("#drop").scrollIntoViewIfNeeded();
  const box = (await page.locator("#drop").boundingBox())!;
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const session = await page.context().newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    const data = { items: [], files, dragOperationsMask: 1 };
    await session.send("Input.dispatchDragEvent", { type, ...at, data });
    if (type === "dragOver") {
      assertStringIncludes((await page.locator("#drop").getAttribute("class"))!, "over");
    }
  }
  assertEquals(await page.locator("#drop").getAttribute("class"), "drop");
}

browserTest("a dropped file, a dropped log and a dropped folder are taken", async (place) => {
  const { page, heard } = await place.open("server");
  const [name, note] = [page.locator("#data-name"), page.locator("#data-note")];
  const prevented = await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([${JSON.stringify(LOG)}], "made.csv"));
    const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    document.getElementById("drop").dispatchEvent(event);
    return event.defaultPrevented;
  })()`);
  assertEquals(prevented, true, "the browser would open the file");
  await waitFor(page, /Ready/);
  assertEquals(await name.innerText(), "made.csv");
  await page.locator("#columns").waitFor();
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, LOG);
    await dropFromDisk(page, [`${folder}/log.csv`]);
    await name.filter({ hasText: "log.csv" }).waitFor();
    await waitFor(page, /Ready/);
    assertEquals(await note.innerText(), "1 file, 1 kB, read into this tab.");
    await write(`${folder}/dropped/mine`, tinyFolder());
    // more entries than a reader of a folder gives at once
    const logs = Array.from({ length: 120 }, (_, i) => [`more/log_${i}.txt`, new Uint8Array(1)]);
    await write(`${folder}/dropped`, Object.fromEntries(logs));
    await dropFromDisk(page, [`${folder}/dropped`]);
    await name.filter({ hasText: "mine" }).waitFor();
    await waitFor(page, /Ready/);
    assertEquals(await page.locator("#columns").isHidden(), true);
    await dropFromDisk(page, [`${folder}/dropped/more`]);
    await page.locator("#fault").filter({ hasText: "among 120 files" }).waitFor();
  });
  assertEquals(heard, []);
});

browserTest(
  "dropped on the page from disk: files are taken, folders are to be chosen",
  async (place) => {
    const { page, heard } = await place.open("disk");
    await inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/log.csv`, LOG);
      await dropFromDisk(page, [`${folder}/log.csv`]);
      await page.locator("#data-name").filter({ hasText: "log.csv" }).waitFor();
      await waitFor(page, /Ready/);
      await write(`${folder}/mine`, tinyFolder());
      await dropFromDisk(page, [`${folder}/mine`]);
      await page.locator("#fault").filter({ hasText: "Try: Choose a folder" }).waitFor();
      await page.setInputFiles("#folder", `${folder}/mine`);
      await page.locator("#data-name").filter({ hasText: "mine" }).waitFor();
      await waitFor(page, /Ready/);
    });
    assertEquals(heard, []);
  },
);
