import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { runCommand } from "../../lib/cli/command.ts";
import {
  parseConfigured,
  parseResumed,
  readConfig,
  readRunFlags,
} from "../../lib/cli/config_file.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import { MODEL_COMMAND } from "./model_command.ts";

/** What a run of `MODEL_COMMAND` writes: the notebook's fields, and its flags. */
const RUN = {
  notebook: "06_base_model_selection_xuetangx",
  run_tag: "20260130_075435",
  seed: 1,
  flags: {
    epochs: 3,
    tags: [],
    rate: 1e-7,
    resume: "20260130_075435",
    out: "elsewhere",
    config: "gone.json",
    data: null,
    gru_global: { hiddenDim: 32, bidirectional: true },
    sasrec: { epochs: 4 },
    popularity: {},
  },
};

async function inFile<T>(text: string | Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeFile(path, typeof text === "string" ? new TextEncoder().encode(text) : text);
    return await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a run's own config.json gives its settings, but not where it went", async () => {
  await inFile(JSON.stringify(RUN), async (path) => {
    const config = await readConfig(path);
    const { values, groups, given } = parseConfigured(
      MODEL_COMMAND,
      ["--epochs=9", "--config", path],
      config,
      path,
    );
    assertEquals(values, {
      data: undefined,
      epochs: 9,
      rate: 1e-7,
      models: ["one"],
      tags: [],
      device: "auto",
      json: false,
      pretty: true,
      resume: undefined,
      out: ".",
      config: path,
    });
    assertEquals(groups.gru_global, {
      embeddingDim: 256,
      hiddenDim: 32,
      dropout: 0.2,
      bidirectional: true,
    });
    assertEquals(groups.sasrec.epochs, 4);
    assert(!given.has("out") && !given.has("resume") && !given.has("tags"));
  });
});

Deno.test("a run's flags that are no settings any more are refused, naming the file", async () => {
  const flags = { ...RUN.flags, epohcs: 3 };
  await inFile(JSON.stringify({ ...RUN, flags }), async (path) => {
    const config = await readConfig(path);
    const { message } = assertThrows(
      () => parseConfigured(MODEL_COMMAND, [], config, path),
      InputError,
    );
    assertStringIncludes(message, '"epohcs"');
    assertStringIncludes(message, path);
  });
});

Deno.test("a run's document has `notebook` and `flags`; one alone is an unknown key", async () => {
  for (const document of [{ flags: {} }, { notebook: "n" }, { notebook: "n", flags: [] }]) {
    await inFile(JSON.stringify(document), async (path) => {
      const config = await readConfig(path);
      assertEquals(config, document);
      assertThrows(() => parseConfigured(MODEL_COMMAND, [], config, path), InputError, path);
    });
  }
});

Deno.test("a resumed run has its flags, with or without the notebook's fields", async () => {
  for (const document of [RUN, { flags: RUN.flags }]) {
    await inFile(JSON.stringify(document), async (path) => {
      const { resume: _, out: _out, config: _config, ...flags } = RUN.flags;
      assertEquals<unknown>(await readRunFlags(path), flags);
    });
  }
});

Deno.test("flags of a run without any are refused, naming the file", async () => {
  for (const document of [null, 5, [], {}, { flags: null }, { flags: [] }, { flags: "x" }]) {
    await inFile(JSON.stringify(document), async (path) => {
      await assertRejects(() => readRunFlags(path), InputError, path);
    });
  }
});

Deno.test("what is no configuration is refused, naming the file", async () => {
  for (
    const text of [
      "",
      "{",
      "[]",
      "null",
      "5",
      '"x"',
      '{"a": 1,}',
      new Uint8Array([0x22, 0xff, 0x22]),
    ]
  ) {
    await inFile(text, async (path) => {
      const { message } = await assertRejects(() => readConfig(path), InputError);
      assertStringIncludes(message, path);
    });
  }
  await assertRejects(() => readConfig("not/there.json"), InputError, "not/there.json");
});

for (
  const [text, key] of [
    ['{"epochs": 5, "epochs": 6}', "epochs"],
    ['{"epochs": 5, "\\u0065pochs": 6}', "epochs"],
    ['{"sasrec": {"epochs": 1, "hiddenDim": 8, "epochs": 2}}', "epochs"],
    ['{"sasrec": {"epochs": 1}, "gru_global": {}, "sasrec": {}}', "sasrec"],
  ]
) {
  Deno.test(`a key that stands twice is refused: ${text}`, () =>
    inFile(text, async (path) => {
      const { message } = await assertRejects(() => readConfig(path), InputError);
      assertStringIncludes(message, path);
      assertStringIncludes(message, `the key "${key}" twice`);
    }));
}

Deno.test("the same key in two objects, or as a value, stands once", async () => {
  for (
    const text of [
      '{"gru_global": {"hiddenDim": 1}, "sasrec": {"hiddenDim": 2}, "data": "data"}',
      '{"tags": ["a", "a", "{", "tags"], "data": "\\"tags\\": {"}',
    ]
  ) await inFile(text, async (path) => assertEquals(await readConfig(path), JSON.parse(text)));
});

Deno.test("a resumed run: its flags, those of --config over them, the line over both", async () => {
  await inFile(JSON.stringify(RUN), async (run) => {
    const file = { epochs: 8, rate: 0.5, gru_global: { dropout: 0.3 } };
    await inFile(JSON.stringify(file), async (path) => {
      const args = ["--resume", "--config", path, "--rate=0.25"];
      const { values, groups } = await parseResumed(MODEL_COMMAND, args, run);
      assertEquals([values.epochs, values.rate, values.config], [8, 0.25, path]);
      const { hiddenDim, dropout, bidirectional } = groups.gru_global;
      assertEquals([hiddenDim, dropout, bidirectional], [32, 0.3, true]);
      assertEquals(groups.sasrec.epochs, 4);
    });
    const { values } = await parseResumed(MODEL_COMMAND, ["--resume"], run);
    assertEquals([values.epochs, values.rate], [3, 1e-7]);
  });
});

Deno.test("a script takes --config, its groups too, and --help of a group", async () => {
  const told: string[] = [];
  const log = console.log;
  await inFile(JSON.stringify(RUN), async (path) => {
    const code = await runCommand(MODEL_COMMAND, ["--config", path], ({ values, groups }) => {
      assertEquals([values.epochs, groups.gru_global.hiddenDim], [3, 32]);
      return Promise.resolve(7);
    });
    assertEquals(code, 7);
  });
  console.log = (text) => void told.push(text);
  try {
    assertEquals(await runCommand(MODEL_COMMAND, ["--help", "sasrec"], () => Promise.reject()), 0);
    assertEquals(await runCommand(MODEL_COMMAND, ["-h"], () => Promise.reject()), 0);
  } finally {
    console.log = log;
  }
  assertStringIncludes(told[0], "--sasrec.num-heads");
  assertStringIncludes(told[1], "--models");
});
