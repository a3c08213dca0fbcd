/**
 * Logs as session-rec keeps them: tables of SessionId, ItemId and Time, as training data and
 * queries.
 */
import type { Pairs } from "../../dataset/dataset.ts";
import { foldPrefixes } from "../../dataset/read_pairs.ts";
import { InputError, messageOf, show } from "../../errors/input_error.ts";
import type { Query } from "../../evaluation/queries.ts";

/** One event. */
export interface LogEvent {
  readonly session: number;
  readonly item: number;
  /** Epoch seconds, with fractions. */
  readonly time: number;
}

const COLUMNS = ["SessionId", "ItemId", "Time"] as const;

/**
 * Reads `<folder>/<name>.tsv`, or the same gzipped, sorted by session and then, stably, by time.
 * @throws InputError naming the file and what is wrong with it.
 */
export async function readLog(folder: string, name: string): Promise<LogEvent[]> {
  const gzipped = `${folder}/${name}.tsv.gz`;
  const plain = `${folder}/${name}.tsv`;
  const path = await Deno.stat(gzipped).then(() => gzipped, () => plain);
  const text = await readText(path);
  return parseLog(text, path).sort((a, b) => a.session - b.session || a.time - b.time);
}

async function readText(path: string): Promise<string> {
  try {
    const file = await Deno.open(path);
    const bytes = path.endsWith(".gz")
      ? file.readable.pipeThrough(new DecompressionStream("gzip"))
      : file.readable;
    return await new Response(bytes).text();
  } catch (error) {
    throw new InputError({
      doing: `reading ${path}`,
      found: error instanceof Deno.errors.NotFound ? "there is no such file" : messageOf(error),
      wanted: "a log in TSV, plain or gzipped",
      next: "docs/conformance.md says what the folder holds",
    }, { cause: error });
  }
}

/** The events of a log's text, in its order. @throws InputError naming the line. */
function parseLog(text: string, path: string): LogEvent[] {
  const [head, ...lines] = text.replace(/\n+$/, "").split("\n");
  const titles = head.split("\t").map((title) => title.trim());
  const [session, item, time] = COLUMNS.map((column) => titles.indexOf(column));
  if (Math.min(session, item, time) < 0) {
    throw new InputError({
      doing: `reading ${path}`,
      found: `the columns ${show(titles.join(", "))}`,
      wanted: COLUMNS.join(", "),
    });
  }
  return lines.map((line, i) => {
    const cells = line.split("\t").map((cell) => cell.trim() === "" ? NaN : Number(cell));
    const event = { session: cells[session], item: cells[item], time: cells[time] };
    if (!Object.values(event).every(Number.isFinite)) {
      throw new InputError({
        doing: `reading ${path}`,
        found: `line ${i + 2} is ${show(line)}`,
        wanted: "numbers for SessionId, ItemId and Time",
      });
    }
    return event;
  });
}

/** The events of each session. */
export function bySession(events: readonly LogEvent[]): LogEvent[][] {
  const sessions: LogEvent[][] = [];
  events.forEach((event, i) => {
    if (i === 0 || events[i - 1].session !== event.session) sessions.push([]);
    sessions[sessions.length - 1].push(event);
  });
  return sessions;
}

/** Training data made from a log. */
export interface TrainingLog {
  /** Item ids of the log by our id, rising. */
  readonly items: readonly number[];
  readonly idOf: ReadonlyMap<number, number>;
  readonly sessions: number;
  readonly pairs: Pairs;
}

/**
 * A log as training pairs, every session a learner of its own.
 * @throws InputError for a session of one event, which no pair can hold.
 */
export function trainingLog(events: readonly LogEvent[], path: string): TrainingLog {
  const items = [...new Set(events.map(({ item }) => item))].sort((a, b) => a - b);
  const idOf = new Map(items.map((item, id) => [item, id]));
  const sessions = bySession(events);
  const rows = { prefix: [] as number[], label: [] as number[], time: [] as number[] };
  const offsets = [0];
  const user: number[] = [];
  sessions.forEach((session, s) => {
    if (session.length < 2) {
      throw new InputError({
        doing: `making training pairs of ${path}`,
        found: `session ${session[0].session} has one event`,
        wanted: "sessions of at least two",
        next: "drop the others, as session-rec's preprocessing does",
      });
    }
    const ids = session.map(({ item }) => idOf.get(item)!);
    for (let t = 1; t < ids.length; t++) {
      for (let i = 0; i < t; i++) rows.prefix.push(ids[i]);
      offsets.push(rows.prefix.length);
      rows.label.push(ids[t]);
      rows.time.push(session[t].time);
      user.push(s);
    }
  });
  const users = Int32Array.from(user);
  const pairs: Pairs = {
    count: user.length,
    pairId: Float64Array.from(user, (_, row) => row),
    users: sessions.map((_, s) => String(s).padStart(9, "0")),
    user: users,
    label: Int32Array.from(rows.label),
    labelTime: Float64Array.from(rows.time),
    ...foldPrefixes(
      { offsets: Int32Array.from(offsets), values: Int32Array.from(rows.prefix) },
      users,
    ),
  };
  return { items, idOf, sessions: sessions.length, pairs };
}

/** Queries and the labels that they are ranked by. */
export interface TestLog {
  readonly queries: readonly Query[];
  readonly labels: readonly number[];
}

/**
 * The queries of a test log: events of unknown items dropped, then sessions of fewer than two
 * events; of each session every event but the last, asked at the time of the next.
 */
export function testLog(
  events: readonly LogEvent[],
  idOf: ReadonlyMap<number, number>,
): TestLog {
  const queries: Query[] = [];
  const labels: number[] = [];
  for (const session of bySession(events.filter(({ item }) => idOf.has(item)))) {
    const ids = Int32Array.from(session, ({ item }) => idOf.get(item)!);
    for (let t = 1; t < ids.length; t++) {
      queries.push({ prefix: ids.subarray(0, t), time: session[t].time });
      labels.push(ids[t]);
    }
  }
  return { queries, labels };
}
