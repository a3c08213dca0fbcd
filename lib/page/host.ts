/** In place of `lib/files/host.ts` in a page: files in memory. */
import type { Host } from "../files/host.ts";
import { memoryHost } from "../files/memory_host.ts";

export type { FileInfo, FolderEntry, Host, HostFile, OpenOptions } from "../files/host.ts";

const memory = memoryHost({
  version: { deno: "none: a browser page", v8: browserName(), typescript: "none" },
  build: { os: navigator.platform, arch: "wasm32" },
});

/** The page's files. While one is read or written the worker hears what the page has to say. */
export const host: Host = {
  ...memory,
  async open(path, options) {
    if (options?.write) await heard();
    const file = await memory.open(path, options);
    return {
      ...file,
      async read(buffer) {
        if (buffer.length >= MUCH) await heard();
        return await file.read(buffer);
      },
    };
  },
};

/** Bytes that are read in one go by whoever reads a long file. */
const MUCH = 1 << 20;

/** Lets a message in: promises alone keep a worker deaf. */
export function heard(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

function browserName(): string {
  return /(Firefox|Edg|Chrome|Version)\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? "unknown browser";
}
