import { assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { findInputs } from "../../../lib/prepare/inputs/find_inputs.ts";
import { inFolder } from "../../in_folder.ts";

/** A folder as Spark writes it by year and platform, with what it adds. */
const SPARK = [
  "log/year=2020/web=a%20b/part-1.csv",
  "log/year=2020/web=a%20b/.part-1.csv.crc",
  "log/year=2019/web=__HIVE_DEFAULT_PARTITION__/part-2.csv",
  "log/_SUCCESS",
  "log/_temporary/0/part-3.csv",
  "log/.hidden/part-4.csv",
  "b [1].csv",
  "a*.csv",
  "ab.csv",
];

async function inTree(test: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    for (const path of SPARK) {
      await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, "");
    }
    await Deno.symlink("..", `${folder}/log/loop`);
    await Deno.symlink("../ab.csv", `${folder}/log/link.csv`);
    await test(folder);
  });
}

const found = async (folder: string, ...names: string[]) =>
  (await findInputs(names.map((name) => `${folder}/${name}`), false)).map(({ path }) =>
    path.slice(folder.length + 1)
  );

Deno.test("a folder: its files in the order of their names, without what writers add", () =>
  inTree(async (folder) => {
    const wanted = [
      "log/link.csv",
      "log/year=2019/web=__HIVE_DEFAULT_PARTITION__/part-2.csv",
      "log/year=2020/web=a%20b/part-1.csv",
    ];
    assertEquals(await found(folder, "log"), wanted);
    assertEquals(await found(folder, "log/"), wanted);
    assertEquals(await found(folder, "log/**/*.csv"), wanted);
    assertEquals(await found(folder, "log/*"), ["log/link.csv"]);
    assertEquals(await found(folder, "log/year=2020/**"), wanted.slice(2));
  }));

Deno.test("a file that is named is read whatever it is called, each once, in the order named", () =>
  inTree(async (folder) => {
    assertEquals(await found(folder, "log/_SUCCESS", "ab.csv", "a*.csv", "*.csv"), [
      "log/_SUCCESS",
      "ab.csv",
      "a*.csv",
      "b [1].csv",
    ]);
    assertEquals(await found(folder, "? [[]1].csv"), ["b [1].csv"]);
  }));

Deno.test("columns that stand in the path, and the user in a file's name", () =>
  inTree(async (folder) => {
    const [none, other, first] = await findInputs([`${folder}/log`], true);
    assertEquals([none.constants, none.user], [{}, "link"]);
    assertEquals([first.constants, first.user], [{ year: "2020", web: "a b" }, "part-1"]);
    assertEquals(other.constants, { year: "2019" });
    await Deno.writeTextFile(`${folder}/ada.lovelace.csv.gz`, "");
    const [ada] = await findInputs([`${folder}/ada*`], true);
    assertEquals(ada.user, "ada.lovelace");
  }));

Deno.test("what names no file is told", () =>
  inTree(async (folder) => {
    await assertRejects(() => found(folder, "missing.csv"), InputError, "no file is named");
    await assertRejects(() => found(folder, "*.parquet"), InputError, "no file is named");
    await assertRejects(() => found(folder, "log/_temporary/.x/*"), InputError, "no file");
    await Deno.mkdir(`${folder}/empty`);
    await assertRejects(() => found(folder, "empty"), InputError, "holds none");
    await assertRejects(() => findInputs([], false), InputError, "--input");
    await assertRejects(() => findInputs(["/dev/null"], false), InputError, "it is a device");
  }));
