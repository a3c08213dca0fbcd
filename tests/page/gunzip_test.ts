import { assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { gunzip } from "../../lib/page/gunzip.ts";

const TEXT = Array.from({ length: 90 }, (_, i) => `learner ${i * i % 31},course ${i}\n`).join("");
/** Beyond what is handed on at once. */
const LONG = "a,b,1\n".repeat(200_000);

/** A member whose header has each of its optional fields (RFC 1952, section 2.3). */
function dressed(text: string): Uint8Array {
  const plain = gzipSync(text);
  const header = Buffer.from([...plain.subarray(0, 3), 4 + 8 + 16, ...plain.subarray(4, 10)]);
  return Buffer.concat([header, Buffer.from("\x02\0bgname\0comment\0"), plain.subarray(10)]);
}

async function* inBlocks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function textOf(bytes: Uint8Array, size = bytes.length): Promise<string> {
  return Buffer.concat(await Array.fromAsync(gunzip(inBlocks(bytes, size)))).toString();
}

Deno.test("gzip of several members, cut into blocks anywhere", async () => {
  const parts = [TEXT.slice(0, 500), "", TEXT.slice(500, 510), TEXT.slice(510)];
  const members = Buffer.concat(parts.map((part, i) => i === 2 ? dressed(part) : gzipSync(part)));
  const padded = Buffer.concat([members, Buffer.alloc(20)]);
  for (const size of [1, 2, 3, 7, 18, 100, members.length, padded.length]) {
    assertEquals(await textOf(members, size), TEXT, `blocks of ${size}`);
    assertEquals(await textOf(padded, size), TEXT, `padded, blocks of ${size}`);
  }
  const long = Buffer.concat([gzipSync(LONG), gzipSync(LONG)]);
  assertEquals(await textOf(long, 1000) === LONG + LONG, true);
  const blocks = await Array.fromAsync(gunzip(inBlocks(long, long.length)));
  assertEquals(blocks.every(({ length }) => length <= 1 << 18), true, "a member is no one block");
});

Deno.test("gzip that is cut, damaged or followed by something else is an error", async () => {
  const first = gzipSync(TEXT);
  const members = Buffer.concat([first, gzipSync(TEXT)]);
  for (let end = 0; end < members.length; end++) {
    if (end === first.length) continue;
    await assertRejects(() => textOf(members.subarray(0, end)), Error, "unexpected end of file");
  }
  const damages: readonly (readonly [number, string])[] = [
    [first.length - 8, "incorrect data check"],
    [first.length - 4, "incorrect length check"],
    [first.length + 1, "incorrect header check"],
    [members.length - 5, "incorrect data check"],
    [members.length - 1, "incorrect length check"],
  ];
  for (const [at, said] of damages) {
    const damaged = Buffer.from(members);
    damaged[at] ^= 1;
    await assertRejects(() => textOf(damaged, 5), Error, said);
  }
  const followed = Buffer.concat([members, Buffer.from("a,b\n")]);
  await assertRejects(() => textOf(followed, 5), Error, "incorrect header check");
});
