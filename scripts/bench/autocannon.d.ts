/** What is used of autocannon, which brings no types: https://github.com/mcollina/autocannon */

/** What to send, to whom, how often. */
export interface Options {
  url: string;
  method: string;
  headers: Record<string, string>;
  /** Sent in turn by each connection. */
  requests: { body: string }[];
  connections: number;
  /** Requests a second over all connections. */
  overallRate: number;
  /** Seconds. */
  duration: number;
}

/** The end of a run. */
export interface Result {
  non2xx: number;
  errors: number;
  timeouts: number;
  latency: { p99: number };
}

/** A run under way; awaiting it gives its end. */
export interface Instance extends Promise<Result> {
  on(
    event: "response",
    listener: (client: unknown, statusCode: number, bytes: number, milliseconds: number) => void,
  ): void;
}

export default function autocannon(options: Options): Instance;
