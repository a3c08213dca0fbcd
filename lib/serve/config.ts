/** What `serve` is asked to do: one table of flags. */
import { CONFIG_FILE, DEVICE, RUN_ROOT, threads } from "../jobs/settings.ts";
import type { Command } from "../settings/command.ts";
import { integer, list, number, text, toggle, type Values } from "../settings/settings.ts";

/** The flags of `serve`. */
export const SERVE_FLAGS = {
  run: text("tag", "the run whose models to serve: its tag, or latest", "latest"),
  models: list<string>(
    "a,b,…",
    "some of the run's models (default: all); the first answers where a request names none",
    [],
  ),
  host: text(
    "address",
    "address to listen on; 0.0.0.0 for every network, where --token-file should say who may ask",
    "127.0.0.1",
  ),
  hosts: list<string>(
    "a,b,…",
    "further names under which a server on loopback is asked, a proxy's; others get 421",
    [],
  ),
  tokenFile: text(
    "file",
    "bearer tokens, one a line; every request must carry one, but for /healthz and /readyz",
  ),
  port: integer("port to listen on; 0 takes a free one", 8000, 0, 65535),
  maxBody: integer("bytes of a request's body", 1 << 20, 1, 1 << 30),
  maxBatch: integer("sessions of a request, and of a call of the engine", 256, 1, 65536),
  maxTop: integer("courses recommended a session", 1000, 1, 1_000_000),
  maxPending: integer("sessions that may wait for a model; more get 503", 4096, 1, 10_000_000),
  maxConnections: integer(
    "connections at once; the one that is idle for longest makes room for another",
    512,
    1,
    100_000,
  ),
  headerTimeout: number("seconds until a request's headers must be whole", 10, 0.01, 3600),
  bodyTimeout: number("seconds until a request's body must be whole", 10, 0.01, 3600),
  idleTimeout: number(
    "seconds that a connection may be idle, or a client may take to read an answer",
    30,
    0.01,
    3600,
  ),
  grace: number(
    "seconds that requests in flight have when the server is told to stop",
    10,
    0,
    3600,
  ),
  reloadEvery: number(
    "seconds between looks for a newer finished run, which is then taken up (--run latest only); " +
      "0: on SIGHUP only",
    5,
    0,
    86_400,
  ),
  accessLog: toggle("print a line of JSON a request; what people read goes to stderr then"),
  json: toggle("print the address as one line of JSON; what people read goes to stderr then"),
  device: DEVICE,
  threads: threads(1),
  out: RUN_ROOT,
  config: CONFIG_FILE,
};

/** Values of the flags. */
export type ServeConfig = Values<typeof SERVE_FLAGS>;

/** The command `serve`. */
export const SERVE_COMMAND: Command<typeof SERVE_FLAGS> = {
  name: "serve",
  summary: "answers recommendations over HTTP from a run's saved models: POST /recommend, GET " +
    "/courses, /models, /healthz, /readyz, /metrics, /openapi.json",
  flags: SERVE_FLAGS,
  examples: [
    "serve --run latest --port 8000",
    "serve --host 0.0.0.0 --token-file token.txt --access-log",
    `curl -s localhost:8000/recommend -H 'content-type: application/json' -d '{"courses": ` +
    `["A", "B"], "top": 5}'`,
  ],
};
