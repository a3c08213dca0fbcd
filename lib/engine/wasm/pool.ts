/**
 * The engine's workers: one message to all, one answer from each, and an end to all when one fails.
 */
import { KERNELS } from "../../kernels/wasm/binary.ts";
import { anotherDevice, InputError } from "../../errors/input_error.ts";
import type { ThreadOptions } from "./thread.ts";
import type { Command, Start } from "./messages.ts";
import { startThread } from "./start_thread.ts";
import type { ThreadPort } from "./thread_port.ts";

/** Running workers. */
export interface Pool {
  /**
   * Sends each thread its message and waits for all. @throws InputError when a thread fails; the
   * pool is ended then.
   */
  all(message: (index: number) => Command): Promise<void>;
  end(): void;
}

/** Where in the memory the workers have what lasts; byte addresses. */
export interface PoolAddresses {
  /** The barrier. */
  readonly control: number;
  /** Per thread: the block that its calls of kernels are written to. */
  readonly blocks: readonly number[];
}

/** Starts a worker for each block. */
export async function startPool(
  memory: WebAssembly.Memory,
  { control, blocks }: PoolAddresses,
  options: Omit<ThreadOptions, "index" | "threads">,
): Promise<Pool> {
  const threads = blocks.length;
  const module = await WebAssembly.compile(KERNELS);
  const workers = Array.from({ length: threads }, startThread);
  let ended = false;
  const end = () => {
    ended = true;
    for (const worker of workers) worker.end();
  };
  const send = async (worker: ThreadPort, message: Start | Command) => {
    const answer = await worker.ask(message);
    if ("done" in answer) return;
    throw Object.assign(new Error(answer.error), { abandoned: answer.abandoned });
  };
  const all = async (message: (index: number) => Start | Command): Promise<void> => {
    if (ended) throw new TypeError("the engine has been disposed or has failed");
    const answers = await Promise.allSettled(
      workers.map((worker, index) => send(worker, message(index))),
    );
    const failed = answers
      .filter((answer) => answer.status === "rejected")
      .map(({ reason }) => reason);
    if (failed.length === 0) return;
    end();
    const cause = failed.find((error) => !error.abandoned) ?? failed[0];
    throw new InputError({
      doing: `computing with ${threads} threads`,
      found: `a thread failed: ${cause.message}`,
      next: `go on with --resume, or ${anotherDevice("another --device")}`,
    }, { cause });
  };
  await all((index) => ({
    module,
    memory,
    control,
    block: blocks[index],
    options: { ...options, index, threads },
  }));
  return { all, end };
}
