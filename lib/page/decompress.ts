/** In place of `lib/prepare/inputs/decompress.ts` in a page. */
import type { Blocks } from "../prepare/inputs/blocks.ts";

export { gunzip } from "./gunzip.ts";

/** The bare deflate stream of a zip's entry. @throws Error when damaged. */
export async function* inflate(blocks: Blocks): AsyncGenerator<Uint8Array> {
  const iterator = blocks[Symbol.asyncIterator]();
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value as Uint8Array<ArrayBuffer>);
    },
    cancel: async () => void await iterator.return?.(),
  });
  yield* source.pipeThrough(new DecompressionStream("deflate-raw"));
}

/** @throws Error always: browsers have no Zstandard. */
export function unzstd(_blocks: Blocks): Blocks {
  throw new Error("it is compressed with Zstandard, which a browser page does not read");
}
