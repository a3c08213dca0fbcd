import { assertEquals } from "@std/assert";
import { SPLITS } from "../../lib/dataset/dataset.ts";
import { inFolder } from "../in_folder.ts";
import { prepared } from "./folder.ts";
import { parquetRows } from "./parquet_rows.ts";

Deno.test("a platform's session that is called like one cut by time has pairs of its own", () =>
  inFolder(async (folder) => {
    const rows = [
      ["a", 0, "u_0"],
      ["b", 60, "u_0"],
      ["c", 120, "u_0"],
      ["d", 9000, ""],
      ["e", 9060, ""],
      ["f", 9120, ""],
    ].map(([item, time, session]) => `u,${item},${1_600_000_000 + Number(time)},${session}\n`);
    const log = `user_id,item_id,timestamp,session\n${rows.join("")}`;
    const { out } = await prepared(folder, { "log.csv": log }, {
      columns: { session: "session" },
      k: [2],
      q: [2],
    });
    const read = async (name: string) =>
      (await Promise.all(
        SPLITS.map((split) => parquetRows(`${out}/${name.replace("SPLIT", split)}.parquet`)),
      )).flat();
    const pairs = await read("pairs/pairs_SPLIT");
    assertEquals(
      pairs.map((row) => [row.pair_id, row.session_id, row.label]),
      [[0n, "u_0", 1n], [1n, "u_0", 2n], [2n, "u_0", 4n], [3n, "u_0", 5n]],
    );
    const [episode] = await read("episodes/episodes_SPLIT_K2_Q2");
    assertEquals([episode.support_pair_ids, episode.query_pair_ids], [[0n, 1n], [2n, 3n]]);
  }));
