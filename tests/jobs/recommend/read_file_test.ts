import { assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import type { NamedSession } from "../../../lib/jobs/recommend/named_sessions.ts";
import { readSessionsFile } from "../../../lib/jobs/recommend/read_file.ts";
import { type Columns, parquet } from "../../dataset/tiny.ts";
import { inFolder } from "../../in_folder.ts";

async function read(columns: Columns): Promise<NamedSession[]> {
  const path = await Deno.makeTempFile({ suffix: ".csv" }); // the name says nothing
  try {
    await Deno.writeFile(path, parquet(columns));
    return await readSessionsFile(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a Parquet file of sessions is read as the same rows in CSV", () =>
  inFolder(async (folder) => {
    const rows = [["b", "x, y"], ["a", "1"], ["b", ""], ["b", "z"], ["c", ""]];
    const csv = `${folder}/steps.csv`;
    const quoted = rows.map((row) => row.map((text) => `"${text}"`).join(","));
    await Deno.writeTextFile(csv, ["session,course", ...quoted].join("\n"));
    const columns = { session: rows.map(([name]) => name), course: rows.map(([, name]) => name) };
    const wanted = [
      { session: "b", courses: ["x, y", "z"] },
      { session: "a", courses: ["1"] },
      { session: "c", courses: [] },
    ];
    for (
      const sessions of [
        await readSessionsFile(csv),
        await read({ when: [1, 2, 3, 4, 5], ...columns }),
      ]
    ) {
      assertEquals(sessions.map(({ session, courses }) => ({ session, courses })), wanted);
      assertEquals(sessions[0].lines_without_course?.length, 1);
    }
  }));

Deno.test("a row a session, and whole numbers as names", async () => {
  assertEquals(await read({ courses: ["A,B", '["C, D"]'] }), [
    { session: "1", courses: ["A", "B"] },
    { session: "2", courses: ["C, D"] },
  ]);
  assertEquals(await read({ session: [7, 7], course: [12, 5] }), [
    { session: "7", courses: ["12", "5"] },
  ]);
});

Deno.test("what is wrong with a Parquet file of sessions is told", async () => {
  const refused: [Columns, string][] = [
    [{ user: ["a"], course: ["b"] }, 'its columns are "user", "course". Expected: columns session'],
    [{ session: ["a", ""], course: ["b", "c"] }, "row 2: no session"],
    [{ session: ["a", null], course: ["b", "c"] }, "column session"],
    [{ courses: [[1, 2], [3]] }, "Try: a row a step instead, with the columns session and course"],
    [{ session: [], course: [] }, "it holds no session"],
  ];
  for (const [columns, message] of refused) {
    await assertRejects(() => read(columns), InputError, message);
  }
  await inFolder(async (folder) => {
    const cut = `${folder}/cut.parquet`;
    await Deno.writeFile(cut, parquet({ session: ["a"], course: ["b"] }).subarray(0, 60));
    await assertRejects(() => readSessionsFile(cut), InputError, cut);
    await assertRejects(() => readSessionsFile(`${folder}/none`), InputError, "no such file");
    await assertRejects(() => readSessionsFile(folder), InputError, "a folder");
  });
});
