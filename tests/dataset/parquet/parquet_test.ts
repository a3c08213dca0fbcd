import { assert, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { prefixOf } from "../../../lib/dataset/dataset.ts";
import { decodeHybrid } from "../../../lib/dataset/parquet/hybrid.ts";
import { parseEpisodes } from "../../../lib/dataset/read_episodes.ts";
import { parsePairs } from "../../../lib/dataset/read_pairs.ts";
import expected from "../../fixtures/parquet/expected.json" with { type: "json" };

assertEquals(expected.format, 1);
const folder = new URL("../../fixtures/parquet/", import.meta.url);
const { pairs: wanted, episodes: wantedEpisodes } = expected;
const variants = [...Deno.readDirSync(folder)].map(({ name }) =>
  /^pairs_(.+)\.parquet$/.exec(name)?.[1]
).filter((name) => name !== undefined).sort();

Deno.test("there are variants of every kind", () => {
  assertEquals(variants.length, 28);
});

for (const variant of variants) {
  Deno.test(`pairs and episodes load: ${variant}`, () => {
    const read = (name: string) => Deno.readFileSync(new URL(`${name}_${variant}.parquet`, folder));
    const pairs = parsePairs(read("pairs"), variant, 17);
    const rows = Array.from({ length: pairs.count }, (_, row) => row);
    assertEquals([...pairs.pairId], wanted.pair_id);
    assertEquals(rows.map((row) => pairs.users[pairs.user[row]]), wanted.user_id);
    assertEquals(rows.map((row) => [...prefixOf(pairs, row)]), wanted.prefix);
    assertEquals([...pairs.label], wanted.label);
    assertEquals([...pairs.labelTime], wanted.label_ts_epoch);
    const episodes = parseEpisodes(read("episodes"), variant, pairs);
    assertEquals([...episodes.episodeId], wantedEpisodes.episode_id);
    const ids = (offsets: Int32Array, list: Int32Array, e: number) =>
      [...list.subarray(offsets[e], offsets[e + 1])].map((row) => pairs.pairId[row]);
    assertEquals(
      wantedEpisodes.episode_id.map((_, e) =>
        ids(episodes.supportOffsets, episodes.supportRows, e)
      ),
      wantedEpisodes.support_pair_ids,
    );
    assertEquals(
      wantedEpisodes.episode_id.map((_, e) => ids(episodes.queryOffsets, episodes.queryRows, e)),
      wantedEpisodes.query_pair_ids,
    );
  });
}

Deno.test("a session is kept once; rows that are not nested are kept as they are", () => {
  const pairs = parsePairs(
    Deno.readFileSync(new URL("pairs_pandas_zstd.parquet", folder)),
    "pairs",
    17,
  );
  const sessions = new Set(wanted.session_id).size;
  const longest = new Map<string, number>();
  wanted.session_id.forEach((session, row) =>
    longest.set(session, Math.max(longest.get(session) ?? 0, wanted.prefix[row].length))
  );
  const nestedItems = [...longest.values()].reduce((sum, n) => sum + n, 0);
  const allItems = wanted.prefix.flat().length;
  assert(
    pairs.items.length <= nestedItems && nestedItems < allItems / 2,
    `${pairs.items.length} items kept of ${allItems}`,
  );
  assert(new Set(pairs.prefixStart).size <= sessions);
});

Deno.test("every cut of a file is refused with its name, none hangs", () => {
  const whole = Deno.readFileSync(new URL("pairs_pandas_zstd.parquet", folder));
  for (let length = 0; length < whole.length; length += 97) {
    assertThrows(
      () => parsePairs(whole.slice(0, length), "some/pairs.parquet", 17),
      InputError,
      "some/pairs.parquet",
    );
  }
});

Deno.test("runs and bit-packed groups decode; claims beyond the bytes do not", () => {
  const decode = (bytes: number[], width: number, count: number) => {
    const out = new Int32Array(count);
    decodeHybrid(Uint8Array.from(bytes), 0, bytes.length, width, out);
    return [...out];
  };
  assertEquals(decode([5 << 1, 3], 2, 5), [3, 3, 3, 3, 3]);
  assertEquals(decode([(1 << 1) | 1, 0b10001000, 0b11000110, 0b11111010], 3, 8), [
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
  ]); // the format's own example
  // a run longer than the output
  assertEquals(decode([(200 << 1) & 0x7f | 0x80, 200 >> 6, 1], 1, 3), [1, 1, 1]);
  assertThrows(() => decode([5 << 1], 2, 5), RangeError, "too early");
  assertThrows(() => decode([0, 0, 0], 2, 5), RangeError, "empty run");
  assertThrows(() => decode([(1 << 1) | 1, 0], 3, 8), RangeError, "too early");
});
