/** WGSL keeps the rules that `deno lint` holds TypeScript to: it does not read these files. */
import { assertEquals } from "@std/assert";
import { COLUMNS } from "../../../scripts/lint/style.ts";

const FOLDER = new URL("../../../lib/kernels/webgpu/", import.meta.url);

Deno.test("WGSL lines fit, begin at even columns and hold one statement", async () => {
  const faults: string[] = [];
  let files = 0;
  for await (const { name } of Deno.readDir(FOLDER)) {
    if (!name.endsWith(".wgsl")) continue;
    files++;
    const text = await Deno.readTextFile(new URL(name, FOLDER));
    text.split("\n").forEach((line, i) => {
      const place = `${name}:${i + 1}`;
      const code = line.replace(/\/\/.*/, "").trimEnd();
      if (line.length > COLUMNS) faults.push(`${place}: ${line.length} columns`);
      if (line !== line.trimEnd()) faults.push(`${place}: spaces at its end`);
      if (/^ *\t/.test(line) || /^( {2})* \S/.test(line)) faults.push(`${place}: odd indentation`);
      // the head of a loop has semicolons of its own
      if (/;.*\S/.test(code.replace(/\bfor \(.*?\) \{/, "").replace(/; \}$/, ""))) {
        faults.push(`${place}: two statements`);
      }
    });
  }
  assertEquals(faults, []);
  assertEquals(files > 15, true);
});
