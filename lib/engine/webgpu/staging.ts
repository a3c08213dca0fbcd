/** What is on the device, brought back through one buffer that only grows. */
import type { Watch } from "./errors.ts";
import type { Memory } from "./memory.ts";

/** Reads from the device. */
export interface Staging {
  /** Makes room for reads of so many bytes. */
  reserve(bytes: number): Promise<void>;
  /** A copy of part of a buffer. */
  read(buffer: GPUBuffer, offset: number, bytes: number, doing: string): Promise<ArrayBuffer>;
}

/** Starts without room. */
export function stagingOf(device: GPUDevice, room: Memory, watcher: Watch): Staging {
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  let staging: GPUBuffer | undefined;
  const reserve = async (bytes: number) =>
    staging = await room.grow(staging, "staging", bytes, usage);
  return {
    async reserve(bytes) {
      await reserve(bytes);
    },
    async read(buffer, offset, bytes, doing) {
      const target = await reserve(bytes);
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, offset, target, 0, bytes);
      device.queue.submit([encoder.finish()]);
      await watcher.wait(target.mapAsync(GPUMapMode.READ, 0, bytes), doing);
      const copy = target.getMappedRange(0, bytes).slice(0);
      target.unmap();
      return copy;
    },
  };
}
