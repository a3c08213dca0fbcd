/** A command with groups, as the baselines have them, for the tests of this room. */
import {
  choice,
  inherited,
  integer,
  list,
  number,
  text,
  toggle,
} from "../../lib/settings/settings.ts";

const FLAGS = {
  data: text("folder", "where the data lie"),
  epochs: integer("epochs of every model", 10, 1, 1000),
  rate: number("learning rate", 0.001, -1, 1),
  models: list("a,b", "models", ["one"], ["one", "two", "three"]),
  tags: { ...list<string>("A B …", "tags", []), spreads: true },
  device: choice(["auto", "wasm"], "device", "auto"),
  json: toggle("print JSON"),
  pretty: toggle("print it well", true),
  resume: { ...text("tag", "go on"), bare: "latest" },
  out: text("folder", "where the files go", "."),
  config: text("file", "a JSON file with any of these values"),
};

/** Flags of every kind, three groups, one of them without settings. */
export const MODEL_COMMAND = {
  name: "train",
  summary: "trains models",
  flags: FLAGS,
  groups: {
    gru_global: {
      title: "GRU over all sessions",
      settings: {
        embeddingDim: integer("size of an item's embedding", 256, 1, 4096),
        hiddenDim: integer("size of the hidden state", 256, 1, 4096),
        dropout: number("share of the hidden units that are left out in training", 0.2, 0, 0.9),
        bidirectional: toggle("read both ways"),
      },
    },
    sasrec: {
      title: "SASRec",
      settings: {
        hiddenDim: integer("size of the hidden state", 64, 1, 4096),
        numHeads: integer("heads of attention", 2, 1, 64),
        epochs: inherited(integer("epochs", 10, 1, 1000), "epochs"),
      },
    },
    popularity: { title: "the most frequent items", settings: {} },
  },
  examples: ["train --models one   a single model"],
};
