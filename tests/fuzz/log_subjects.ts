/** Readers of logs and sessions under fuzz: scanners of text, containers, and `prepare` whole. */
import { Buffer } from "node:buffer";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { InputError } from "../../lib/errors/input_error.ts";
import { parseSessions } from "../../lib/jobs/recommend/read_sessions.ts";
import { openInput } from "../../lib/prepare/inputs/open_input.ts";
import { prepare } from "../../lib/prepare/prepare.ts";
import { optionsOf, parquetOf, RULES } from "../prepare/folder.ts";
import { zip } from "../prepare/inputs/zip.ts";
import { awkwardLog } from "../prepare/reference.ts";
import { CSV, readDelimited, readJson, type Rows } from "../prepare/text/read_rows.ts";
import { mutateBytes } from "./mutate_bytes.ts";
import type { Choices } from "./random.ts";
import type { Subject } from "./subject.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const encode = (text: string) => new TextEncoder().encode(text);

/** All of them; `folder` is an empty folder. */
export async function logSubjects(folder: string): Promise<Subject[]> {
  await Deno.mkdir(folder, { recursive: true });
  return [
    delimitedSubject(),
    jsonSubject(),
    containerSubject(`${folder}/container`),
    sessionsSubject(),
    await prepareSubject(`${folder}/prepare`),
  ];
}

/** Damage to a text: what its bytes may suffer, and what people and programs put into it. */
function damagedText(texts: readonly string[], random: Choices): Bytes {
  const text = random.pick(texts);
  const at = random.int(text.length);
  const odd = [
    '"',
    '""',
    "\\",
    ",",
    ";",
    "::",
    "\n",
    "\r",
    "\r\n\r\n",
    "[",
    "[[",
    "{",
    "}",
    "\ufeff",
    "\u0000",
    "\u0001",
    "../../x",
    ",".repeat(20_000),
    "[".repeat(20_000),
    "A,".repeat(20_000),
    '"\n'.repeat(5_000),
  ];
  return random.chance(0.5)
    ? mutateBytes(encode(text), random)
    : encode(text.slice(0, at) + random.pick(odd) + text.slice(at + random.int(3)));
}

const LOGS = [
  'user,item,time\nu,"a, b",1\nv,"say ""hi""\n",2\n',
  "user;item;time\r\nu;a;1\r\n\r\nv;b;2\r\nw;c;3",
  "user::item::time\ru::a::1\rv:::b::2\r",
];

/** Scanners accept every text: what is lost is a reject, and every line is one of its kinds. */
function checkLines({ counts, rows, rejects, lines }: Rows): void {
  const { header, blank, continued } = counts;
  if (counts.lines !== header + blank + continued + counts.rows) {
    throw new Error(`lines are not accounted for: ${JSON.stringify(counts)}`);
  }
  if (counts.rows < rows.length || counts.rows > rows.length + Math.max(rejects.length, 1e6)) {
    throw new Error(`${counts.rows} rows, but ${rows.length} kept`);
  }
  if (lines.some((line, i) => line < 1 || (i > 0 && line < lines[i - 1]))) {
    throw new Error(`lines out of order: ${lines}`);
  }
}

/** Bytes of a block: few, but not of a long text, of which every open row is looked at again. */
function blockSize(text: Bytes, random: Choices): number {
  return Math.max(random.pick([1, 3, 50, 1 << 20]), text.length >> 8);
}

function delimitedSubject(): Subject {
  const dialects = [
    CSV,
    { ...CSV, separator: ";" },
    { ...CSV, separator: "::", header: false },
    { ...CSV, escape: "\\" },
    { separator: "\t", header: true },
  ];
  let dialect = CSV;
  let size = 1;
  const read: Subject["read"] = (bytes, path) => {
    try {
      checkLines(readDelimited(bytes, dialect, size));
    } catch (error) {
      // a header that is no row: the reader's caller names the file
      if (!(error instanceof Error && error.message.startsWith("line "))) throw error;
      throw new InputError({ doing: `reading ${path}`, found: error.message });
    }
  };
  return {
    name: "a delimited log",
    weight: 10,
    damage(random) {
      dialect = random.pick(dialects);
      const text = damagedText(LOGS, random);
      size = blockSize(text, random);
      return text;
    },
    read,
    valid() {
      dialect = CSV;
      return read(encode(LOGS[0]), "valid");
    },
  };
}

function jsonSubject(): Subject {
  const texts = [
    '{"a": {"b": [1, "}"]}}\n\n{"a": "\\"", "é": null}\r\n',
    ' [\n {"a": [1, [2]]},\n {"b": "],["}\n]\n',
  ];
  let size = 1;
  const read: Subject["read"] = (bytes, path) => {
    try {
      checkLines(readJson(bytes, size));
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("it is a list"))) throw error;
      throw new InputError({ doing: `reading ${path}`, found: error.message });
    }
  };
  return {
    name: "a log of JSON",
    weight: 8,
    damage(random) {
      const text = damagedText(texts, random);
      size = blockSize(text, random);
      return text;
    },
    read,
    valid: () => texts.forEach((text) => read(encode(text), "valid")),
  };
}

function containerSubject(file: string): Subject {
  const text = encode(`a,b\n${"1,é\n".repeat(500)}`);
  const half = text.slice(0, 900);
  const valid: [string, Bytes][] = [
    ["gz", new Uint8Array(Buffer.concat([gzipSync(half), gzipSync(text)]))],
    ["zst", new Uint8Array(Buffer.concat([zstdCompressSync(half), zstdCompressSync(text)]))],
    ["zip", zip({ name: "log.csv", text: new TextDecoder().decode(text) })],
    ["txt", new Uint8Array(Buffer.from(`\ufeff${new TextDecoder().decode(text)}`, "utf16le"))],
  ];
  let ending = "gz";
  const read: Subject["read"] = async (bytes, path) => {
    const name = `${file}.${ending}`;
    await Deno.writeFile(name, bytes);
    try {
      const input = await openInput(name);
      try {
        for await (const _ of input.blocks);
        await input.fingerprint();
      } finally {
        input.close();
      }
    } catch (error) {
      if (error instanceof Error) error.message = error.message.replaceAll(name, path);
      throw error;
    }
  };
  return {
    name: "a compressed log",
    weight: 10,
    damage(random) {
      const [name, bytes] = random.pick(valid);
      ending = name;
      return mutateBytes(bytes, random);
    },
    read,
    async valid() {
      for (const [name, bytes] of valid) {
        ending = name;
        await read(bytes, "valid");
      }
    },
  };
}

/** Sessions as `recommend --input` reads them. */
function sessionsSubject(): Subject {
  const texts = [
    'session,course\ns1,A\ns1,B\ns2,"C, D"\n',
    'courses;session\n"A,B";1\n"[""A"",""B, C""]";2\n',
    '{"session": "s1", "courses": ["A", "B, C"]}\n{"session": 2, "courses": []}\n',
    '[{"session": "s1", "course": "A"}, {"session": "s1", "course": null}]',
  ];
  const read: Subject["read"] = (bytes, path) => parseSessions(bytes, path);
  return {
    name: "sessions.csv",
    weight: 6,
    damage: (random) => damagedText(texts, random),
    read,
    valid: () => texts.forEach((text) => read(encode(text), "valid")),
  };
}

/** The whole of `prepare`, with the database: few cases, for each costs a quarter of a second. */
async function prepareSubject(folder: string): Promise<Subject> {
  await Deno.mkdir(folder);
  const log = awkwardLog(1, 200);
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const csv = `user_id,item_id,timestamp\n${
    log.map(({ user, item, time }) => `${quoted(user)},${quoted(item)},${time}\n`).join("")
  }`;
  const json = log.map(({ user, item, time }) =>
    `${JSON.stringify({ user_id: user, item_id: item, timestamp: time })}\n`
  ).join("");
  const parquet = await Deno.readFile(
    await parquetOf(
      `${folder}/valid.parquet`,
      `SELECT 'u' || i % 5 AS user_id, 'c' || i % 7 AS item_id, 1600000000 + 60 * i AS timestamp
       FROM range(100) AS r(i)`,
    ),
  );
  const valid: [string, Bytes][] = [["csv", encode(csv)], ["ndjson", encode(json)], [
    "parquet",
    parquet,
  ]];
  let ending = "csv";
  let known = false;
  const read: Subject["read"] = async (bytes, path) => {
    const input = `${folder}/log.${ending}`;
    await Deno.writeFile(input, bytes);
    const more = { onError: "skip", maxBad: "100%", memory: "100MB" } as const;
    try {
      const { counts } = await prepare(optionsOf([input], `${folder}/out`, RULES, more));
      if (counts.rows === 0) throw new Error("a folder was made of no rows");
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      // what is left of the log may have no pairs; that is no fault of a file
      if (/^While (making pairs|splitting)/.test(error.message)) return;
      error.message = error.message.replaceAll(input, path);
      throw error;
    }
  };
  return {
    name: "prepare",
    weight: 2,
    damage(random) {
      const [name, bytes] = random.pick(valid);
      ending = name;
      return name === "parquet" ? mutateBytes(bytes, random) : damagedText([
        new TextDecoder().decode(bytes),
      ], random);
    },
    read,
    async valid() {
      if (known) return; // nothing of it stays, and it takes its time
      known = true;
      for (const [name, bytes] of valid) {
        ending = name;
        await read(bytes, "valid");
      }
    },
  };
}
