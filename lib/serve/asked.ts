/** A request as the handler sees it: what it uses of a `Request`, without a socket. */
export interface Asked {
  readonly method: string;
  /** Absolute; its host is the one that the client named. */
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /** Filled in for the access log and the metrics, where somebody wants to know. */
  readonly notes?: Notes;
}

/** What a handler knows of a request that its line and headers do not say. */
export interface Notes {
  /** The path of the route that answered, not the one that was asked: there are few of them. */
  route?: string;
  model?: string;
  /** Sessions asked. */
  sessions?: number;
  runTag?: string;
}
