import { assertEquals } from "@std/assert";
import { type Host, host } from "../../lib/files/host.ts";
import { memoryHost } from "../../lib/files/memory_host.ts";

const VERSIONS = {
  version: { deno: "", v8: "", typescript: "" },
  build: { os: "page", arch: "page" },
};

/** The errors that the suite tells from others. */
const KINDS = ["NotFound", "AlreadyExists", "NotADirectory"] as const;

/** What the calls of a run's files give, one after the other, in a folder of a host. */
async function story(host: Host, root: string): Promise<string[]> {
  const told: string[] = [];
  const { errors } = host;
  const tell = async (what: string, act: () => Promise<unknown>) => {
    try {
      told.push(`${what}: ${JSON.stringify(await act())}`);
    } catch (error) {
      const known = KINDS.find((kind) => error instanceof errors[kind]);
      told.push(`${what}: ${known ?? "another error"}`);
    }
  };
  const names = async (path: string) =>
    (await Array.fromAsync(host.readDir(`${root}/${path}`))).map(({ name, isDirectory }) =>
      isDirectory ? `${name}/` : name
    ).sort();
  const bytes = (text: string) => new TextEncoder().encode(text);
  const at = (path: string) => `${root}/${path}`;
  await tell("stat none", () => host.stat(at("none")));
  await tell("mkdir below none", () => host.mkdir(at("a/b")));
  await tell("mkdir recursive", () => host.mkdir(at("a/b"), { recursive: true }));
  await tell("mkdir again", () => host.mkdir(at("a/b")));
  await tell("mkdir again, recursive", () => host.mkdir(at("a/b"), { recursive: true }));
  await tell("open none to read", () => host.open(at("a/x")));
  await tell("write below none", () => host.writeFile(at("c/x"), bytes("x")));
  await tell("write", () => host.writeFile(at("a/b/x"), bytes("hello")));
  await tell("write over", () => host.writeFile(at("a/b/x"), bytes("hullo")));
  await tell("mkdir on a file", () => host.mkdir(at("a/b/x"), { recursive: true }));
  await tell("mkdir below a file", () => host.mkdir(at("a/b/x/y")));
  await tell("read a folder's names of a file", () => names("a/b/x"));
  await tell("read a folder as text", () => host.readTextFile(at("a/b")));
  await tell("read", () => host.readTextFile(at("a/b/../b/./x")));
  await tell("size", async () => (await host.stat(at("a/b/x"))).size);
  await tell("parts", async () => {
    using file = await host.open(at("a/b/parts"), { read: true, write: true, create: true });
    for (const part of ["one", "two", "three"]) await file.write(bytes(part));
    await file.seek(3, host.SeekMode.Start);
    const into = new Uint8Array(5);
    const first = await file.read(into);
    const second = await file.read(new Uint8Array(9));
    return [first, new TextDecoder().decode(into), second, await file.read(new Uint8Array(9))];
  });
  await tell("the end", async () => {
    using file = await host.open(at("a/b/parts"));
    return [await file.seek(0, host.SeekMode.End), await file.read(new Uint8Array(1))];
  });
  await tell("truncate", async () => {
    using file = await host.open(at("a/b/parts"), { write: true, create: true, truncate: true });
    await file.write(bytes("x"));
    return (await file.stat()).size;
  });
  await tell("locks", async () => {
    const first = await host.open(at("a/b/lock"), { write: true, create: true });
    const second = await host.open(at("a/b/lock"), { write: true, create: true });
    const taken = [await first.tryLock(true), await second.tryLock(true)];
    first.close();
    taken.push(await second.tryLock(true));
    second.close();
    return taken;
  });
  await tell("a handle's file is known by its number", async () => {
    using file = await host.open(at("a/b/x"));
    return (await file.stat()).ino === (await host.lstat(at("a/b/x"))).ino;
  });
  await tell("rename a file over another", () => host.rename(at("a/b/x"), at("a/b/parts")));
  await tell("what it holds", () => host.readTextFile(at("a/b/parts")));
  await tell("rename none", () => host.rename(at("a/none"), at("a/y")));
  await tell("rename into none", () => host.rename(at("a/b/parts"), at("none/y")));
  await host.mkdir(at("full/inner"), { recursive: true });
  await host.mkdir(at("empty"));
  await tell("rename a folder over a full one", async () => {
    await host.rename(at("a"), at("full")).catch((error) => {
      if (error instanceof errors.AlreadyExists || error.code === "ENOTEMPTY") return;
      throw error;
    });
    return await names("");
  });
  await tell("rename a folder over an empty one", () => host.rename(at("a"), at("empty")));
  await tell("names", async () => [await names(""), await names("empty/b")]);
  await tell("remove a full folder", () => host.remove(at("empty")));
  await tell("remove it with all", () => host.remove(at("empty"), { recursive: true }));
  await tell("remove none", () => host.remove(at("empty")));
  await tell("names at last", () => names(""));
  await tell("real path of none", () => host.realPath(at("none")));
  return told;
}

Deno.test("files in memory answer as the system's do", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const memory = memoryHost(VERSIONS);
    await memory.mkdir("/data");
    const told = await story(memory, "/data");
    assertEquals(told, await story(host, folder));
    assertEquals(told.length, 32);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
