/** The vocabulary of a data folder: made from the log, or taken from an earlier folder or run. */
import { parseVocabulary } from "../dataset/vocabulary.ts";
import { writeAtomic } from "../files/atomic.ts";
import { host } from "../files/host.ts";
import { readBytes } from "../files/input_file.ts";
import { decodeJson } from "../files/json.ts";
import type { Database } from "./database.ts";

/**
 * Makes the ids of an earlier vocabulary those of the items: of a data folder, its course2id.json,
 * or a run's vocabulary.json. @throws InputError when there is none.
 */
export async function useVocabulary(database: Database, path: string): Promise<void> {
  const isFolder = await host.stat(path).then((info) => info.isDirectory, () => false);
  const file = isFolder ? `${path.replace(/\/+$/, "")}/vocab/course2id.json` : path;
  const bytes = await readBytes(file, {
    doing: `reading ${file}`,
    wanted: "an earlier data folder, its vocab/course2id.json, or a run's vocabulary.json",
    next: "--vocabulary with such a folder",
  });
  const courses = namesOf(bytes) ?? parseVocabulary(bytes, file);
  await database.run("CREATE TABLE vocabulary (item VARCHAR, item_no BIGINT)");
  await database.append("vocabulary", courses.map((course, id) => [course, BigInt(id)]));
  await database.runFile("2_vocabulary.sql");
}

/** The names by id that a run keeps: a list of texts, each once. */
function namesOf(bytes: Uint8Array): string[] | undefined {
  let value: unknown;
  try {
    value = decodeJson(bytes);
  } catch {
    return undefined;
  }
  const isList = Array.isArray(value) && value.length > 0 &&
    value.every((name) => typeof name === "string") && new Set(value).size === value.length;
  return isList ? value as string[] : undefined;
}

/**
 * `{course: id}` written by hand: a JavaScript object would put names that look like numbers first.
 */
export async function writeVocabulary(database: Database, path: string): Promise<void> {
  const items = await database.rows<{ item: string; item_no: number }>(
    "SELECT item, item_no FROM items ORDER BY item_no",
  );
  const lines = items.map(({ item, item_no }) => `  ${JSON.stringify(item)}: ${item_no}`);
  await writeAtomic(path, `{\n${lines.join(",\n")}\n}`);
}
