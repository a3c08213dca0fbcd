import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { timeForms } from "../../lib/prepare/time_forms.ts";
import { inFolder } from "../in_folder.ts";
import { prepared } from "./folder.ts";

/** Times of one day, 2023-01-23, to the minute or finer, as logs have them, and their forms. */
const FORMS: [written: string, forms: string[]][] = [
  ["23/01/23, 12:09", ["%d/%m/%y, %H:%M"]],
  ["23.1.2023 12:09:00", ["%d.%m.%Y %H:%M:%S"]],
  ["1/23/2023 12:09 PM", ["%m/%d/%Y %I:%M %p"]],
  ["01-23-2023 12:09:00.000", ["%m-%d-%Y %H:%M:%S.%f"]],
  ["23 January 2023, 12:09 PM", ["%d %B %Y, %I:%M %p"]],
  ["Monday, 23 January 2023, 12:09 PM", ["%A, %d %B %Y, %I:%M %p"]],
  ["Jan 23, 2023 12:09", ["%b %d, %Y %H:%M"]],
  ["23/Jan/2023:12:09:00 +0000", ["%d/%b/%Y:%H:%M:%S %z"]],
  ["Mon Jan 23 12:09:00 2023", ["%a %b %d %H:%M:%S %Y"]],
  ["2023/01/23 12:09", ["%Y/%m/%d %H:%M"]],
  ["2023-1-23 12:09", ["%Y-%m-%d %H:%M"]],
];

for (const [written, forms] of FORMS) {
  Deno.test(`the form of ${written} is told, and prepare reads it so`, () =>
    inFolder(async (folder) => {
      assertEquals(timeForms(written), forms);
      const rows = ["a", "b"].map((item, i) =>
        `u;${item};${written.replace("12:09", `12:${10 + i}`)}`
      );
      const log = { "log.csv": `user_id;item_id;timestamp\n${rows.join("\n")}\n` };
      const { message } = await assertRejects(
        () => prepared(folder, log, { separator: ";" }),
        InputError,
      );
      for (const form of forms) {
        assertStringIncludes(message, `--time-format '${form}'`);
        const { report } = await prepared(folder, log, { separator: ";", timeFormat: form });
        assertEquals(report.times.first, "2023-01-23 12:10:00");
        assertEquals(report.counts.pairs, 1);
      }
    }));
}

Deno.test("where either number may be the month both forms are told; no date has none", () => {
  assertEquals(timeForms("3/4/2023 10:00"), ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"]);
  for (const written of ["", "soon", "12", "12:09", "32/13/2023", "1.5", "5 o'clock"]) {
    assertEquals(timeForms(written), [], written);
  }
});
