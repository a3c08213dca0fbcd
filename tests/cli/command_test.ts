import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { complain, give, say, sayJson } from "../../lib/terminal/say.ts";
import { runCommand } from "../../lib/cli/command.ts";
import { list, text } from "../../lib/settings/settings.ts";
import { InputError, messageOf } from "../../lib/errors/input_error.ts";

const COMMAND = { name: "job", summary: "does a job", flags: { config: text("file", "a file") } };

/** What a script whose main throws `error` says on stderr, and its exit code. */
async function endWith(error: unknown): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const speak = console.error;
  console.error = (...parts) => void said.push(parts.map(String).join(" "));
  try {
    return {
      code: await runCommand(COMMAND, [], () => Promise.reject(error)),
      said: said.join("\n"),
    };
  } finally {
    console.error = speak;
  }
}

Deno.test("memory that cannot be had is told in a sentence, without a stack", async () => {
  for (
    const message of [
      "Array buffer allocation failed",
      "WebAssembly.Memory(): could not allocate memory",
    ]
  ) {
    const { code, said } = await endWith(new RangeError(message));
    assertEquals(code, 1);
    assertMatch(said, /^\nWhile working: there is not enough memory\./);
  }
});

Deno.test("a missing permission is told with the way to give it, nested or not", async () => {
  const denied = new Deno.errors.NotCapable(
    'Requires write access to "x", run again with the --allow-write flag',
  );
  for (
    const error of [
      denied,
      new InputError({ doing: "writing x", found: messageOf(denied) }, { cause: denied }),
    ]
  ) {
    const { code, said } = await endWith(error);
    assertEquals(code, 1);
    assertMatch(said, /: no permission to write "x"\. [^]*BASELINES_ALLOW/);
    assert(!said.includes("--allow-write flag"), "Deno's flag is not ours to give");
  }
});

Deno.test("an error in a configuration names its file", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  const said: string[] = [];
  const speak = console.error;
  await Deno.writeTextFile(path, '{"colour": 5}');
  console.error = (text) => void said.push(text);
  try {
    assertEquals(await runCommand(COMMAND, ["--config", path], () => Promise.resolve()), 2);
  } finally {
    console.error = speak;
    await Deno.remove(path);
  }
  assertMatch(said.join(), new RegExp(`colour.*|${path}`));
  assertEquals(said.join().includes(path), true);
});

Deno.test("--quiet leaves out what is said, not what is given, warnings and JSON", async () => {
  const told: string[] = [];
  const { log, error } = console;
  console.log = (text) => void told.push(text);
  console.error = (text) => void told.push(text);
  const talk = () => {
    say("how far it is");
    give("a table");
    complain("a warning");
    sayJson([1]);
    return Promise.resolve();
  };
  try {
    assertEquals(await runCommand(COMMAND, ["--quiet"], talk), 0);
    assertEquals(told.splice(0), ["a table", "a warning", "[1]"]);
    assertEquals(await runCommand(COMMAND, [], talk), 0);
    assertEquals(told, ["how far it is", "a table", "a warning", "[1]"]);
  } finally {
    Object.assign(console, { log, error });
  }
});

Deno.test("what is refused late ends with 2 and names the file that has it", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  const heard: string[] = [];
  const { error } = console;
  console.error = (text) => void heard.push(text);
  const flags = {
    ...COMMAND.flags,
    rate: text("x", "a rate"),
    names: list<string>("a,b", "names", []),
    other: text("x", "another"),
  };
  const end = async (file: string, main: () => Promise<void>, ...args: string[]) => {
    await Deno.writeTextFile(path, file);
    const code = await runCommand({ ...COMMAND, flags }, ["--config", path, ...args], main);
    return [code, heard.splice(0).join("")] as const;
  };
  const refuse = (doing: string) => () => {
    throw new InputError({ doing, found: "something" });
  };
  try {
    for (const doing of ["reading --rate", "reading --rate x.y"]) {
      const [code, said] = await end('{"rate": "5"}', refuse(doing));
      assertEquals([code, said.trim()], [2, `While ${doing} in ${path}: something.`]);
    }
    // what the line gives is not the file's
    const [code, said] = await end('{"rate": "5"}', refuse("reading --rate"), "--rate", "6");
    assertEquals([code, said.trim()], [2, "While reading --rate: something."]);
    assertEquals((await end("{}", refuse("reading data/mine")))[0], 1);
    const late = () => Promise.reject(new Error("it has begun"));
    for (
      const [file, part] of [
        ['{"names": []}', '"names" is an empty list. Expected: a list of something'],
        ['{"config": "a.json"}', 'its key "config" is "a.json". Expected: all values in one file'],
      ]
    ) {
      const [code, said] = await end(file, late);
      assertEquals(code, 2);
      assertStringIncludes(said, part);
      assertStringIncludes(said, path);
    }
  } finally {
    console.error = error;
    await Deno.remove(path);
  }
});
