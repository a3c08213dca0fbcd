import { assert, assertEquals } from "@std/assert";
import { DuckDBInstance } from "@duckdb/node-api";
import { prepare } from "../../lib/prepare/prepare.ts";
import { inFolder } from "../in_folder.ts";
import { optionsOf } from "./folder.ts";
import { parquetRows } from "./parquet_rows.ts";
import { awkwardLog } from "./reference.ts";

const SQL = new URL("../../lib/prepare/sql/", import.meta.url);

Deno.test("the README's way to run the SQL elsewhere gives what prepare gives", () =>
  inFolder(async (folder) => {
    const rows = awkwardLog(41, 4000).map(({ user, item, time }) =>
      [user, item].map((text) => `"${text.replaceAll('"', '""')}"`) + `,${time}`
    );
    await Deno.writeTextFile(
      `${folder}/log.csv`,
      `user_id,item_id,timestamp\n${rows.join("\n")}\n`,
    );
    await prepare({
      ...optionsOf([`${folder}/log.csv`], `${folder}/out`),
      shares: { train: 0.8, val: 0.1, test: 0.1 },
      splitBy: "time",
      k: [5],
      q: [10],
    });
    const readme = await Deno.readTextFile(new URL("README.md", SQL));
    const script = /```sql\n(.*?)```/s.exec(readme)![1]
      .replaceAll(/^\.read (.*)$/gm, (_, name) => Deno.readTextFileSync(new URL(name, SQL)))
      .replaceAll(/'([\w.]+\.(csv|parquet))'/g, `'${folder}/$1'`);
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(script);
    connection.closeSync();
    instance.closeSync();
    for (
      const [kind, name] of [["pairs", "pairs_train.parquet"], [
        "episodes",
        "episodes_train_K5_Q10.parquet",
      ]]
    ) {
      const got = await parquetRows(`${folder}/${name}`);
      assert(got.length > 0);
      assertEquals(got, await parquetRows(`${folder}/out/${kind}/${name}`));
    }
  }));

Deno.test("every SQL file says which variables it wants", () => {
  for (const { name } of Deno.readDirSync(SQL)) {
    if (!name.endsWith(".sql")) continue;
    const text = Deno.readTextFileSync(new URL(name, SQL));
    const header = /^(--.*\n)+/.exec(text)?.[0] ?? "";
    assert(/Gives:/.test(header), `${name} says what it gives`);
    for (const [, variable] of text.matchAll(/getvariable\('(\w+)'\)/g)) {
      assert(header.includes(variable), `${name}: ${variable}`);
    }
  }
});
