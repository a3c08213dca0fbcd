/**
 * The thread that shows signs of life for a worker, whose own thread may compute for minutes
 * without a pause. A message names the claim to write, or none.
 */

/** What is written, and how often. */
export interface Beat {
  readonly path: string;
  readonly text: string;
  readonly everyMs: number;
}

const scope = self as unknown as { onmessage: (event: MessageEvent<Beat | null>) => void };
let timer: ReturnType<typeof setInterval> | undefined;

scope.onmessage = ({ data }) => {
  clearInterval(timer);
  if (data === null) return;
  const bytes = new TextEncoder().encode(data.text);
  timer = setInterval(() => {
    try {
      // not truncated: whoever reads it sees it whole
      using file = Deno.openSync(data.path, { write: true });
      file.writeSync(bytes);
      file.syncSync();
    } catch { /* the next beat may pass; without any, another worker takes over */ }
  }, data.everyMs);
};
