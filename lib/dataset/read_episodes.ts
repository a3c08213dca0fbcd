/**
 * An episodes file as `Episodes`: pair ids become rows of the split's pairs, and the rules of an
 * episode are checked.
 */
import { InputError, show } from "../errors/input_error.ts";
import type { Episodes, Pairs } from "./dataset.ts";
import { openParquet } from "./parquet/file.ts";
import { type ListColumn, readLists, readNumbers, readTexts } from "./parquet/columns.ts";

/**
 * Parses an episodes file against its split's pairs.
 * @throws InputError naming file, column, row and value: a pair that is not there or belongs to
 * another user, an empty list, a pair twice, a support pair later than a query pair, an episode
 * that repeats an earlier one: its queries would count twice.
 */
export function parseEpisodes(
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
  pairs: Pairs,
): Episodes {
  const file = openParquet(bytes, path);
  const episodeId = readNumbers(file, "episode_id", "float64");
  const names = readTexts(file, "user_id");
  const support = readLists(file, "support_pair_ids", "float64");
  const query = readLists(file, "query_pair_ids", "float64");
  const fail = (column: string, row: number, found: string, wanted: string): never => {
    throw new InputError({
      doing: `checking column ${column} of ${path}`,
      found: `row ${row} (episode ${episodeId[row]}) ${found}`,
      wanted,
    });
  };
  const rowOf = new Map<number, number>();
  const userOf = new Map<string, number>();
  for (let row = 0; row < pairs.count; row++) rowOf.set(pairs.pairId[row], row);
  pairs.users.forEach((name, index) => userOf.set(name, index));
  const user = new Int32Array(file.rows);
  for (let row = 0; row < file.rows; row++) {
    const name = names.distinct[names.codes[row]];
    const index = userOf.get(name);
    user[row] = index ??
      fail(
        "user_id",
        row,
        `names the user ${show(name)}, who has no pairs`,
        "a user of the pairs file",
      );
  }
  const supportRows = resolve(support, "support_pair_ids");
  const queryRows = resolve(query, "query_pair_ids");
  const inQuery = new Int32Array(pairs.count).fill(-1); // the last episode that queried a pair
  for (let row = 0; row < file.rows; row++) {
    const queries = queryRows.subarray(query.offsets[row], query.offsets[row + 1]);
    for (const query of queries) inQuery[query] = row;
    queries.sort((a, b) => pairs.labelTime[a] - pairs.labelTime[b] || a - b);
    let last = -Infinity;
    for (let i = support.offsets[row]; i < support.offsets[row + 1]; i++) {
      if (inQuery[supportRows[i]] === row) {
        fail(
          "support_pair_ids",
          row,
          `holds pair ${support.values[i]}, which is also a query pair`,
          "support and query apart",
        );
      }
      last = Math.max(last, pairs.labelTime[supportRows[i]]);
    }
    if (last > pairs.labelTime[queries[0]]) {
      fail(
        "support_pair_ids",
        row,
        `has a support pair at ${last}, later than its first query pair at ${
          pairs.labelTime[queries[0]]
        }`,
        "support before query",
      );
    }
  }
  const repeated = firstRepeat({
    user,
    supportOffsets: support.offsets,
    supportRows,
    queryOffsets: query.offsets,
    queryRows,
  });
  if (repeated !== undefined) {
    const [earlier, row] = repeated;
    fail(
      "query_pair_ids",
      row,
      `has the same support and query pairs as row ${earlier} (episode ${episodeId[earlier]})`,
      "each episode once",
    );
  }
  return {
    count: file.rows,
    episodeId,
    user,
    supportOffsets: support.offsets,
    supportRows,
    queryOffsets: query.offsets,
    queryRows,
  };

  function resolve({ offsets, values }: ListColumn, column: string): Int32Array {
    const rows = new Int32Array(values.length);
    const seen = new Int32Array(pairs.count).fill(-1);
    for (let row = 0; row < file.rows; row++) {
      if (offsets[row] === offsets[row + 1]) fail(column, row, "is empty", "at least one pair");
      for (let i = offsets[row]; i < offsets[row + 1]; i++) {
        const found = rowOf.get(values[i]);
        if (found === undefined) {
          return fail(
            column,
            row,
            `names pair ${values[i]}, which is not in the pairs file`,
            "pair ids of the same split",
          );
        }
        if (pairs.user[found] !== user[row]) {
          fail(
            column,
            row,
            `names pair ${values[i]} of the user ${show(pairs.users[pairs.user[found]])}`,
            "pairs of the episode's own user",
          );
        }
        if (seen[found] === row) {
          fail(column, row, `names pair ${values[i]} twice`, "each pair once");
        }
        seen[found] = row;
        rows[i] = found;
      }
    }
    return rows;
  }
}

/** What makes an episode what it is. */
type Episode = Omit<Episodes, "count" | "episodeId">;

/** The first episode that has the pairs of an earlier one, in any order, and that one. */
function firstRepeat(episodes: Episode): readonly [number, number] | undefined {
  const { user, supportOffsets, supportRows, queryOffsets, queryRows } = episodes;
  const support = (row: number) =>
    supportRows.subarray(supportOffsets[row], supportOffsets[row + 1]);
  const queries = (row: number) => queryRows.subarray(queryOffsets[row], queryOffsets[row + 1]);
  const total = (rows: Int32Array) => rows.reduce((sum, row) => sum + row, 0);
  // only episodes with the sums of another have their pairs spelt out
  const sums = Float64Array.from(user, (_, row) => 4 * total(support(row)) + total(queries(row)));
  const sorted = sums.slice().sort();
  const shared = new Set(sorted.filter((sum, i) => sum === sorted[i - 1]));
  const seen = new Map<string, number>();
  for (let row = 0; row < user.length; row++) {
    if (!shared.has(sums[row])) continue;
    const pairs = [support(row), queries(row)].map((rows) => rows.slice().sort().join()).join(";");
    const earlier = seen.get(pairs);
    if (earlier !== undefined) return [earlier, row];
    seen.set(pairs, row);
  }
  return undefined;
}
