/** A file of sessions, whatever it is: text, compressed or not, or Parquet. */
import { InputError } from "../../errors/input_error.ts";
import { host } from "../../files/host.ts";
import { checkInput, readBytes } from "../../files/input_file.ts";
import { bytesAt, sizeOf } from "../../files/read_at.ts";
import { readWhole } from "../../prepare/inputs/open_input.ts";
import type { NamedSession } from "./named_sessions.ts";
import { parquetSessions } from "./read_parquet_sessions.ts";
import { parseSessions } from "./read_sessions.ts";

/** A file of sessions beyond this is none. */
const MOST_BYTES = 1e9;
/** A Parquet file begins so, an encrypted one with E. */
const PARQUET = /^PAR[1E]$/;

/** The sessions of a file. @throws InputError naming the file and what is wrong with it. */
export async function readSessionsFile(path: string): Promise<NamedSession[]> {
  const expected = { doing: `reading ${path}`, wanted: "a readable file" };
  await checkInput(path, expected);
  const { magic, size } = await beginning(path);
  if (!PARQUET.test(magic)) return parseSessions(await readWhole(path, MOST_BYTES), path);
  if (size > MOST_BYTES) {
    throw new InputError({
      ...expected,
      found: `it is a Parquet file of more than ${MOST_BYTES / 1e6} MB`,
      wanted: "one that fits into memory",
      next: "cut it into parts",
    });
  }
  return parquetSessions(await readBytes(path, expected), path);
}

async function beginning(path: string): Promise<{ magic: string; size: number }> {
  using file = await host.open(path);
  const magic = new TextDecoder().decode(await bytesAt(file, 0, 4));
  return { magic, size: await sizeOf(file) };
}
