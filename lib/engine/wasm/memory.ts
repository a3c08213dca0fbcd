/**
 * The shared memory as a stack: what stays is reserved first, what a batch needs is put on top and
 * dropped again.
 */
import { InputError, SettingsError } from "../../errors/input_error.ts";

const PAGE = 65536;
const MAX_PAGES = 65536;
const ALIGNMENT = 128;
/** AssemblyScript keeps its tables at the bottom. */
const FIRST = 65536;

/** A growing shared memory. Addresses are bytes. */
export interface SharedMemory {
  readonly memory: WebAssembly.Memory;
  reserve(bytes: number): number;
  /** Reserves a place for the values and copies them there. */
  put(values: Int32Array): number;
  /** A view, until the memory grows. */
  floats(address: number, count: number): Float32Array;
  /** Runs with whatever is reserved meanwhile, and drops it. */
  temporarily<T>(run: () => Promise<T>): Promise<T>;
}

/**
 * An empty memory.
 * @throws SettingsError (later, from `reserve`) when 4 GiB are not enough.
 * @throws InputError (likewise) when this machine has less: the same settings may go on elsewhere.
 */
export function sharedMemory(): SharedMemory {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
  let top = FIRST;
  const reserve = (bytes: number) => {
    const at = top;
    const end = at + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE);
    if (missing > 0) {
      try {
        memory.grow(missing);
      } catch (cause) {
        throw refused(end, cause);
      }
    }
    top = end;
    return at;
  };
  return {
    memory,
    reserve,
    put(values) {
      const at = reserve(values.byteLength);
      new Int32Array(memory.buffer, at, values.length).set(values);
      return at;
    },
    floats: (address, count) => new Float32Array(memory.buffer, address, count),
    async temporarily(run) {
      const kept = top;
      try {
        return await run();
      } finally {
        top = kept;
      }
    },
  };
}

/** Why `bytes` cannot be reserved: never, or not on this machine now. */
function refused(bytes: number, cause: unknown): InputError {
  const doing = "reserving memory for the CPU engine";
  const found = `${Math.ceil(bytes / 2 ** 20).toLocaleString("en")} MiB cannot be had`;
  const smaller = "a smaller --batch-size, fewer --threads or a GPU";
  return bytes > MAX_PAGES * PAGE
    ? new SettingsError({
      doing,
      found,
      wanted: "at most 4,096 MiB",
      next: `start anew with ${smaller}`,
    }, { cause })
    : new InputError({
      doing,
      found,
      wanted: "a machine with so much memory to spare",
      next: `end other programs or go on where there is more; or start anew with ${smaller}`,
    }, { cause });
}
