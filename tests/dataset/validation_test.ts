import { assert, assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { readDataset } from "../../lib/dataset/read_dataset.ts";
import { inFolder } from "../in_folder.ts";
import { pairColumns, parquet, tinyFolder, type TinyPair, writeFolder } from "./tiny.ts";

type Files = Record<string, Uint8Array<ArrayBuffer>>;

Deno.test("a valid folder reads, with fingerprints of all its files", async () => {
  const folder = await writeFolder(tinyFolder());
  const { dataset, inputs } = await readDataset(folder, 1, 2);
  assertEquals([dataset.courses.length, dataset.splits.test.episodes.count, inputs.length], [
    7,
    12,
    7,
  ]);
  assert(inputs.every(({ sha256, bytes }) => /^[0-9a-f]{64}$/.test(sha256) && bytes > 0));
  assertEquals(dataset.synthetic, undefined);
  await Deno.remove(folder, { recursive: true });
});

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const rows: TinyPair[] = [{ user: "u", prefix: [1], label: 2, time: 1 }, {
  user: "u",
  prefix: [1, 2],
  label: 3,
  time: 2,
}, {
  user: "u",
  prefix: [1, 2, 3],
  label: 4,
  time: 3,
}];
const episode = {
  episode_id: [0],
  user_id: ["u"],
  support_pair_ids: [[0]],
  query_pair_ids: [[1, 2]],
};
const withTest = (
  files: Files,
  pairs = pairColumns(rows),
  episodes: Parameters<typeof parquet>[0] = episode,
): Files => ({
  ...files,
  "pairs/pairs_test.parquet": parquet(pairs),
  "episodes/episodes_test_K1_Q2.parquet": parquet(episodes),
});

/** What breaks, how, and the parts of the message that must be there. */
const FAULTS: [string, (files: Files) => Files, ...string[]][] = [
  [
    "a missing file",
    ({ "pairs/pairs_val.parquet": _, ...files }) => files,
    "pairs/pairs_val.parquet",
    "no such file",
  ],
  [
    "a missing column",
    (files) => withTest(files, (({ label: _, ...rest }) => rest)(pairColumns(rows))),
    "pairs_test.parquet",
    "column label",
    "pair_id",
  ],
  [
    "a wrong type",
    (files) => withTest(files, { ...pairColumns(rows), label: ["a", "b", "c"] }),
    "column label",
    "integers",
  ],
  [
    "a list where a number belongs",
    (files) => withTest(files, { ...pairColumns(rows), label: [[1], [2], [3]] }),
    "column label",
    "one value a row",
  ],
  [
    "a number where a list belongs",
    (files) => withTest(files, { ...pairColumns(rows), prefix: [1, 2, 3] }),
    "column prefix",
    "list of integers",
  ],
  [
    "a null",
    (files) => withTest(files, { ...pairColumns(rows), label: [1, null, 2] }),
    "column label",
    "row 1 is null",
  ],
  [
    "a label outside the vocabulary",
    (files) => withTest(files, { ...pairColumns(rows), label: [1, 2, 7] }),
    "pairs_test.parquet",
    "column label",
    "row 2 is 7",
    "0 to 6",
  ],
  [
    "a negative id",
    (files) => withTest(files, { ...pairColumns(rows), label: [1, -2, 0] }),
    "column label",
    "row 1 is -2",
  ],
  [
    "an id beyond 32 bits",
    (files) => withTest(files, { ...pairColumns(rows), label: [1, 2 ** 32, 0] }),
    "column label",
    "row 1 is 4294967296",
  ],
  [
    "a prefix outside the vocabulary",
    (files) => withTest(files, { ...pairColumns(rows), prefix: [[1], [1, 99], [1]] }),
    "column prefix",
    "row 1 is 99",
  ],
  [
    "an empty prefix",
    (files) => withTest(files, { ...pairColumns(rows), prefix: [[1], [], [1]] }),
    "column prefix",
    "row 1 is []",
  ],
  [
    "a duplicate pair_id",
    (files) => withTest(files, { ...pairColumns(rows), pair_id: [0, 1, 0] }),
    "column pair_id",
    "row 2 is 0",
  ],
  [
    "an episode of a pair that is not there",
    (files) => withTest(files, undefined, { ...episode, query_pair_ids: [[1, 55]] }),
    "column query_pair_ids",
    "pair 55",
    "not in the pairs file",
  ],
  [
    "an episode of another user's pair",
    (files) => withTest(files, { ...pairColumns(rows), user_id: ["u", "u", "v"] }),
    "column query_pair_ids",
    'of the user "v"',
  ],
  [
    "an unknown user",
    (files) => withTest(files, undefined, { ...episode, user_id: ["nobody"] }),
    "column user_id",
    '"nobody"',
  ],
  [
    "support later than query",
    (files) =>
      withTest(files, undefined, { ...episode, support_pair_ids: [[2]], query_pair_ids: [[0, 1]] }),
    "column support_pair_ids",
    "later than",
  ],
  [
    "support and query overlap",
    (files) => withTest(files, undefined, { ...episode, support_pair_ids: [[1]] }),
    "column support_pair_ids",
    "also a query pair",
  ],
  [
    "an empty list of queries",
    (files) => withTest(files, undefined, { ...episode, query_pair_ids: [[]] }),
    "column query_pair_ids",
    "empty",
  ],
  [
    "a pair twice in an episode",
    (files) => withTest(files, undefined, { ...episode, query_pair_ids: [[1, 1]] }),
    "column query_pair_ids",
    "twice",
  ],
  [
    "an episode again, its pairs in another order",
    (files) =>
      withTest(files, undefined, {
        episode_id: [0, 1, 2],
        user_id: ["u", "u", "u"],
        support_pair_ids: [[0], [0], [0]],
        query_pair_ids: [[1, 2], [2], [2, 1]],
      }),
    "episodes_test_K1_Q2.parquet",
    "row 2 (episode 2) has the same support and query pairs as row 0 (episode 0)",
  ],
  [
    "a user in two splits",
    (files) =>
      withTest(files, { ...pairColumns(rows), user_id: Array(3).fill("train user 0") }, {
        ...episode,
        user_id: ["train user 0"],
      }),
    "pairs_test.parquet",
    '"train user 0"',
    "pairs_train.parquet",
  ],
  [
    "a truncated file",
    (files) => ({
      ...files,
      "pairs/pairs_train.parquet": files["pairs/pairs_train.parquet"].slice(0, 200),
    }),
    "pairs_train.parquet",
    "cut, corrupt or not Parquet",
  ],
  [
    "a file that is not Parquet",
    (files) => ({ ...files, "pairs/pairs_train.parquet": text("hello there, nothing to see") }),
    "pairs_train.parquet",
    "not Parquet",
  ],
  [
    "a vocabulary with a hole",
    (files) => ({ ...files, "vocab/course2id.json": text({ a: 0, b: 2 }) }),
    "course2id.json",
    '"b"',
    "hole",
  ],
  [
    "a vocabulary with an id twice",
    (files) => ({ ...files, "vocab/course2id.json": text({ a: 0, b: 0 }) }),
    "share the id 0",
  ],
  [
    "a vocabulary with a strange id",
    (files) => ({ ...files, "vocab/course2id.json": text({ a: 0, b: "1" }) }),
    '"b"',
    '"1"',
  ],
  [
    "a vocabulary that is a list",
    (files) => ({ ...files, "vocab/course2id.json": text(["a"]) }),
    "course2id.json",
    "an object",
  ],
  [
    "an empty vocabulary",
    (files) => ({ ...files, "vocab/course2id.json": text({}) }),
    "names no course",
  ],
  [
    "a vocabulary that is not JSON",
    (files) => ({ ...files, "vocab/course2id.json": Uint8Array.of(0xff, 0xfe) }),
    "course2id.json",
    "not JSON",
  ],
  [
    "a strange mark of synthetic data",
    (files) => ({ ...files, "synthetic.json": text({ synthetic: "yes" }) }),
    "synthetic.json",
  ],
  ...[-1, 1e300, 0.5, 2 ** 32].map((seed): typeof FAULTS[number] => [
    `a mark with the seed ${seed}`,
    (files) => ({
      ...files,
      "synthetic.json": text({ synthetic: true, preset: "p", seed, process_version: "v" }),
    }),
    "synthetic.json",
    "0 to 4294967295",
  ]),
  [
    "K and Q that are not there, with those that are",
    ({ "episodes/episodes_val_K1_Q2.parquet": _, ...files }) => ({
      ...files,
      ...Object.fromEntries(
        ["train", "val", "test"].flatMap((split) =>
          ["K5_Q10", "K1_Q10"].map((shape) => [
            `episodes/episodes_${split}_${shape}.parquet`,
            files[`episodes/episodes_test_K1_Q2.parquet`],
          ])
        ),
      ),
      "episodes/episodes_test_K7_Q7.parquet": new Uint8Array(), // for one split only
    }),
    "episodes_val_K1_Q2.parquet: there is no such file",
    "has episodes of K=1, Q=10; K=5, Q=10.",
    "--k 1 --q 10",
  ],
];

for (const [what, damage, ...parts] of FAULTS) {
  Deno.test(`refused: ${what}`, async () => {
    const files = damage(tinyFolder());
    const { "synthetic.json": mark, ...rest } = files;
    const folder = await writeFolder(rest);
    if (mark !== undefined) await Deno.writeFile(`${folder}/synthetic.json`, mark);
    const { message } = await assertRejects(() => readDataset(folder, 1, 2), InputError);
    for (const part of parts) {
      assert(message.includes(part), `the message should include ${part}: ${message}`);
    }
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("a folder whose replacement was cut short says where both lie", () =>
  inFolder(async (root) => {
    const scratch = `${root}/.data.${crypto.randomUUID()}.partial`;
    for (const name of ["new", "old"]) await Deno.mkdir(`${scratch}/${name}`, { recursive: true });
    const { message } = await assertRejects(() => readDataset(`${root}/data/`), InputError);
    assert(message.includes(scratch), message);
  }));
