/** A folder for `conform`, of a log of ours and an independent script's ranks for it. */
import fixture from "../../fixtures/session_models.json" with { type: "json" };

const encode = (text: string) => new TextEncoder().encode(text);

/** A text, packed. */
export const gzip = async (text: string) =>
  new Uint8Array(
    await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip")))
      .arrayBuffer(),
  );

/** Clicks. */
export type Rows = readonly (readonly [session: number, item: number, time: number])[];

/** Clicks as a log of session-rec's. */
export const tsv = (rows: Rows) =>
  ["SessionId\tItemId\tTime", ...rows.map((row) => row.join("\t")), ""].join("\n");

const rowsOf = (sessions: readonly { items: number[]; times: number[] }[]): Rows =>
  sessions.flatMap(({ items, times }, s) => items.map((item, i) => [s, 1000 + item, times[i]]));

/** The log. */
export const TRAIN = rowsOf(fixture.sessions);
export const TEST = rowsOf(fixture.test);

/** The folder's files, with these models expected. */
export async function conformFiles(
  models: unknown,
): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  return {
    "train.tsv.gz": await gzip(tsv(TRAIN)),
    "test.tsv": encode(tsv(TEST)),
    "expected/session_rec.json": encode(JSON.stringify({ n_items: fixture.n_items, models })),
  };
}
