/** Compares what two checkouts wrote, file by file. */
import { basename, join } from "node:path";
import type { Case } from "./cases.ts";
import { decode, filesBelow, isRecord, show } from "./files.ts";
import { foldersOf, type Side, tagsOf } from "./sides.ts";

/**
 * Keys of documents whose values differ from run to run. Their types must be the same, and a key of
 * an object below them must be there on both sides.
 */
const VARYING: Readonly<Record<string, string>> = {
  run_id: "drawn at random for every run",
  created_at: "when a run began",
  evaluated_at: "when an evaluation ended",
  seconds: "how long something took",
};
// Neither tags nor folders are here: plainText() writes them the same on both sides. Nor is the
// commit, which a tree has not, nor are versions: both sides run on one Deno, and a program of
// another version resumes no run.

/** In a fingerprint of a document: it holds what VARYING has. Models and data keep theirs. */
const VARYING_FINGERPRINT: Readonly<Record<string, string>> = {
  sha256: "of a document with identity and times",
  bytes: "of a document with identity and times, whose digits vary",
};

/** How a file is compared. */
type Kind = "bytes" | "document" | "page" | "text";

function kindOf(path: string): Kind {
  if (/(^|\/)(models|vocab|pairs|episodes)\/|synthetic\.json$/.test(path)) return "bytes";
  if (path.endsWith(".json")) return "document";
  if (path.endsWith(".html")) return "page";
  return path.endsWith(".txt") ? "text" : "bytes";
}

/** What a comparison of two files found. */
export interface Comparison {
  readonly verdict: "same" | "different" | "page differs" | "added";
  readonly file: string;
  /** Each begins with a place in the file. */
  readonly details: readonly string[];
}

/** A file of a case on one side: where it lies, and what its texts have to be written as. */
interface Sample {
  readonly path: string;
  readonly plain: (text: string) => string;
}

/** Compares what a case gave on the new side with what its reference gave on the old one. */
export async function compareCase(item: Case, old: Side, now: Side): Promise<Comparison[]> {
  const before = await samplesOf(old, item, item.reference);
  const after = await samplesOf(now, item, item.name);
  const files = [...new Set([...before.keys(), ...after.keys()])].sort();
  return await Promise.all(files.map((file) => {
    const [a, b] = [before.get(file), after.get(file)];
    if (b === undefined) return { verdict: "different", file, details: ["the file is missing"] };
    if (a === undefined) return { verdict: "added", file, details: [ADDED_FILE] };
    return compareFiles(file, a, b);
  }));
}

const ADDED_FILE = "the file";

/**
 * The files that the case `name` wrote, which is `item` or its reference, by names that are the
 * same on both sides.
 */
async function samplesOf(side: Side, item: Case, name: string): Promise<Map<string, Sample>> {
  const samples = new Map<string, Sample>();
  const plain = plainText(await tagsOf(side, name), [item.name, item.reference]);
  const [runs, data, output] = foldersOf(side, name);
  const roots = { runs, data, output };
  for (const [root, folder] of Object.entries(roots)) {
    for (const file of await filesBelow(folder)) {
      const written = plain(`${root}/${file}`).replace(EVALUATION, "/evaluations/<time>_<id>_");
      if (item.compared.test(written)) samples.set(written, { path: join(folder, file), plain });
    }
  }
  return samples;
}

const EVALUATION = /\/evaluations\/\d{8}_\d{6}_[0-9a-f]{8}_/;

/** Writes the tags and times of runs and the folders of `cases` in the same way on both sides. */
function plainText(tags: readonly string[], cases: readonly string[]): (text: string) => string {
  const names = tags.flatMap((tag, i) => [
    [tag, `<run ${i + 1}>`],
    [timeOf(tag), `<time of run ${i + 1}>`],
  ]);
  // the tag of a second run in the same second begins with the first one's
  const longestFirst = names.sort(([a], [b]) => b.length - a.length);
  const folders = new RegExp(`\\b(runs|data)/(${cases.join("|")})(?![\\w-])`, "g");
  return (text) =>
    longestFirst.reduce((left, [from, to]) => left.replaceAll(from, to), text)
      .replace(folders, "$1/<case>");
}

/** As a page writes the time of a run: 20260130_075435 is 2026-01-30 07:54:35. */
function timeOf(tag: string): string {
  return tag.replace(/^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d).*$/, "$1-$2-$3 $4:$5:$6");
}

async function compareFiles(file: string, old: Sample, now: Sample): Promise<Comparison> {
  const [a, b] = await Promise.all([Deno.readFile(old.path), Deno.readFile(now.path)]);
  const kind = kindOf(file);
  if (kind === "bytes") return verdictOf(file, differentBytes(a, b));
  const before = old.plain(decode(a));
  const after = now.plain(decode(b));
  if (kind === "document") return compareDocuments(file, before, after);
  if (kind === "text") return verdictOf(file, differentText(before, after));
  const details = differentText(withoutTimes(before), withoutTimes(after));
  return { verdict: details.length === 0 ? "same" : "page differs", file, details };
}

function verdictOf(file: string, details: readonly string[]): Comparison {
  return { verdict: details.length === 0 ? "same" : "different", file, details };
}

function differentBytes(a: Uint8Array, b: Uint8Array): string[] {
  const at = firstDifference(a, b);
  return at < 0 ? [] : [`byte ${at} (of ${a.length} then, ${b.length} now)`];
}

function differentText(a: string, b: string): string[] {
  const at = firstDifference(a, b);
  if (at < 0) return [];
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 40), at + 40));
  return [`character ${at}: ${around(a)} then, ${around(b)} now`];
}

function firstDifference(a: ArrayLike<unknown>, b: ArrayLike<unknown>): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return i;
  return a.length === b.length ? -1 : shorter;
}

/** A page without the section that draws how long everything took. */
function withoutTimes(page: string): string {
  return page.replace(/<section id="time".*?<\/section>/s, "<section of times>");
}

function compareDocuments(file: string, before: string, after: string): Comparison {
  const [a, b] = [parse(before), parse(after)];
  if (a === undefined || b === undefined) return verdictOf(file, differentText(before, after));
  const found: Found = { different: [], added: [] };
  if (layoutOf(before, a) !== layoutOf(after, b)) found.different.push("the layout of the JSON");
  compareValues(comparable(a), comparable(b), "", found);
  if (found.different.length > 0) {
    return verdictOf(file, [...found.different, ...found.added.map((path) => `${path}: added`)]);
  }
  return { verdict: found.added.length > 0 ? "added" : "same", file, details: found.added };
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How a document is indented and its numbers are written, which parsing it does not tell. */
function layoutOf(text: string, value: unknown): string {
  const layouts = [0, 1, 2, 4, "\t"].flatMap((indent) => [[indent, ""], [indent, "\n"]] as const);
  const layout = layouts.find(([indent, end]) =>
    JSON.stringify(value, null, indent) + end === text
  );
  return JSON.stringify(layout ?? "another");
}

interface Found {
  readonly different: string[];
  readonly added: string[];
}

/** Adds the paths at which two values differ. */
function compareValues(a: unknown, b: unknown, path: string, found: Found): void {
  if (isRecord(a) && isRecord(b)) compareRecords(a, b, path, found);
  else if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) found.different.push(`${path}: ${a.length} then, ${b.length} now`);
    a.slice(0, b.length).forEach((value, i) => compareValues(value, b[i], `${path}.${i}`, found));
  } else if (!Object.is(a, b)) found.different.push(`${path}: ${show(a)} then, ${show(b)} now`);
}

export type JsonRecord = Readonly<Record<string, unknown>>;

function compareRecords(a: JsonRecord, b: JsonRecord, path: string, found: Found): void {
  const below = (key: string) => path === "" ? key : `${path}.${key}`;
  const common = Object.keys(a).filter((key) => Object.hasOwn(b, key));
  const gone = Object.keys(a).filter((key) => !Object.hasOwn(b, key));
  const added = Object.keys(b).filter((key) => !Object.hasOwn(a, key));
  found.different.push(...gone.map((key) => `${below(key)}: missing`));
  found.added.push(...added.map(below));
  for (const key of common) compareValues(a[key], b[key], below(key), found);
  const order = Object.keys(b).filter((key) => Object.hasOwn(a, key));
  if (firstDifference(common, order) >= 0) found.different.push(`${path}: another order of keys`);
}

/** A document without what varies, its fingerprints by path, so that one more is "added". */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) {
    if (value.length === 0 || !value.every(isFingerprint)) return value.map(comparable);
    return Object.fromEntries(value.map((print) => [print.path, comparable(print)]));
  }
  if (!isRecord(value)) return value;
  const varying = isFingerprint(value) && kindOf(value.path) !== "bytes"
    ? { ...VARYING, ...VARYING_FINGERPRINT }
    : VARYING;
  return Object.fromEntries(
    Object.entries(value).map((
      [key, part],
    ) => [key, Object.hasOwn(varying, key) ? typesOf(part) : comparable(part)]),
  );
}

function isFingerprint(value: unknown): value is { readonly path: string } {
  return isRecord(value) && typeof value.path === "string" && typeof value.sha256 === "string";
}

function typesOf(value: unknown): unknown {
  if (!isRecord(value)) return `<${typeof value}>`;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, typesOf(part)]));
}

/** Whether --allow-added names a key's path ("*" for any one part of it) or a new file's name. */
export function isAllowed(allowed: readonly string[], file: string, path: string): boolean {
  if (path === ADDED_FILE) return allowed.includes(basename(file));
  const parts = path.split(".");
  return allowed.some((pattern) => {
    const wanted = pattern.split(".");
    return wanted.length === parts.length && wanted.every((w, i) => w === "*" || w === parts[i]);
  });
}
