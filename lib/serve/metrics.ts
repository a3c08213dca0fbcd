/** What the server counts, as Prometheus reads it at GET /metrics. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Batching } from "./batching.ts";
import type { Exchange } from "./exchange.ts";
import type { Connections } from "./connections.ts";

/** The queues of the models that answer. */
export type Queues = ReadonlyMap<string, Pick<Batching<never, never>, "pending">>;

/** What is counted. */
export interface ServeMetrics {
  /** Hears of every exchange. */
  observe(exchange: Exchange): void;
  /** Sessions that a model answered, and names that were left out of them. */
  answered(model: string, sessions: number, unknown: number): void;
  /** Hears how the taking up of a run went. */
  reloaded(result: "ok" | "failed"): void;
  /** The run that answers from now on, and its queues. */
  serves(runTag: string, version: string, queues: Queues): void;
  /** Where the numbers of connections come from. */
  watch(connections: Connections): void;
  /** The text, and its content type. */
  text(): Promise<string>;
  readonly contentType: string;
}

const PREFIX = "coldstart_";
/** Methods that are counted by name; any other is "other", so that nobody makes series. */
const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** Bounds of the histogram in seconds: a GRU takes some milliseconds, a queue up to seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counters that begin at zero. */
export function serveMetrics(): ServeMetrics {
  const registers = [new Registry()];
  let queues: Queues = new Map();
  let connections: Connections | undefined;
  const named = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) => ({
    name: PREFIX + name,
    help,
    labelNames: [...labelNames],
    registers,
  });
  const requests = new Counter(
    named("http_requests_total", "Requests answered.", ["method", "route", "status"]),
  );
  const aborted = new Counter(
    named("http_aborted_total", "Requests whose client was gone before the answer.", ["route"]),
  );
  const seconds = new Histogram({
    ...named("http_request_duration_seconds", "From a request's head to its answer.", ["route"]),
    buckets: SECONDS,
  });
  const sessions = new Counter(named("sessions_total", "Sessions answered, by model.", ["model"]));
  const unknown = new Counter(named("unknown_courses_total", "Courses left out of sessions."));
  const reloads = new Counter(named("reloads_total", "Runs taken up after the first.", ["result"]));
  const run = new Gauge(named("run_info", "1 for the run that answers.", ["run_tag", "version"]));
  new Gauge({
    ...named("pending_sessions", "Sessions that wait or are being answered.", ["model"]),
    collect() {
      this.reset();
      for (const [model, queue] of queues) this.set({ model }, queue.pending());
    },
  });
  new Gauge({
    ...named("connections", "Open connections.", ["state"]),
    collect() {
      this.set({ state: "idle" }, connections?.idle() ?? 0);
      this.set({ state: "busy" }, connections?.busy() ?? 0);
    },
  });
  new Counter({
    ...named("connections_shed_total", "Connections closed because there were too many."),
    collect() {
      this.reset();
      this.inc(connections?.shed() ?? 0);
    },
  });
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Memory of the process.",
    registers,
    collect() {
      this.set(Deno.memoryUsage().rss);
    },
  });
  new Gauge({
    name: "process_start_time_seconds",
    help: "When the server began, since 1970.",
    registers,
  }).set(performance.timeOrigin / 1000);
  return {
    observe({ method, notes: { route = "none" }, status, ms, isAborted }) {
      if (isAborted) return aborted.inc({ route });
      const label = METHODS.includes(method) ? method : "other";
      requests.inc({ method: label, route, status: String(status) });
      seconds.observe({ route }, ms / 1000);
    },
    answered(model, count, left) {
      sessions.inc({ model }, count);
      unknown.inc(left);
    },
    reloaded: (result) => reloads.inc({ result }),
    serves(runTag, version, current) {
      run.reset();
      run.set({ run_tag: runTag, version }, 1);
      queues = current;
    },
    watch: (open) => connections = open,
    text: () => registers[0].metrics(),
    contentType: registers[0].contentType,
  };
}
