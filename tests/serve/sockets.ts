/** Plain connections, to send what no HTTP client sends. */

/** A connection and what came over it. */
export interface Plain {
  send(text: string): Promise<void>;
  /** Ends this side; the other may go on. */
  endWriting(): Promise<void>;
  /** What came until the other side ended, or `ms` milliseconds were over. */
  read(ms?: number): Promise<{ text: string; isOver: boolean }>;
  /** What comes next; empty at the end. */
  next(): Promise<string>;
  close(): void;
}

/** Connects to a port of this machine. */
export async function connect(port: number): Promise<Plain> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65536);
  let pending: Promise<number | null> | undefined;
  const read = () => pending ??= connection.read(buffer).catch(() => null);
  const take = (count: number | null) => {
    pending = undefined;
    return count === null ? "" : decoder.decode(buffer.subarray(0, count), { stream: true });
  };
  return {
    async send(text) {
      const bytes = encoder.encode(text);
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    },
    endWriting: () => connection.closeWrite(),
    async read(ms = 3000) {
      const timeout = Promise.withResolvers<"late">();
      const timer = setTimeout(() => timeout.resolve("late"), ms);
      let text = "";
      try {
        while (true) {
          const got = await Promise.race([read(), timeout.promise]);
          if (got === "late") return { text, isOver: false };
          if (got === null) return { text, isOver: true };
          text += take(got);
        }
      } finally {
        clearTimeout(timer);
      }
    },
    next: async () => take(await read()),
    close() {
      try {
        connection.close();
      } catch { /* closed already */ }
    },
  };
}

/** A request's text. */
export function requestText(
  line: string,
  body = "",
  headers: readonly string[] = ["Host: localhost"],
): string {
  const own = body === "" ? [] : [
    "content-type: application/json",
    `content-length: ${new TextEncoder().encode(body).length}`,
  ];
  return `${[line, ...headers, ...own].join("\r\n")}\r\n\r\n${body}`;
}

/** The status of an answer's text. */
export function statusOf(text: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0);
}
