/**
 * How long passes take on the device: by its own clock where it has timestamps, else from submit to
 * done, many at a time.
 */
import { median } from "./bench.ts";

/** Writes commands into a pass. */
export type Encode = (pass: GPUComputePassEncoder) => void;

/** Whether the device has a clock of its own. */
export function hasClock(device: GPUDevice): boolean {
  return device.features.has("timestamp-query");
}

/**
 * Median nanoseconds of each pass, after one warm-up of all. Passes run in their order, so that
 * each finds what it needs.
 */
export async function timePasses(
  device: GPUDevice,
  passes: readonly Encode[],
  repetitions: number,
): Promise<number[]> {
  const times = passes.map((): number[] => []);
  for (let r = 0; r <= repetitions; r++) {
    const once = hasClock(device)
      ? await byTimestamps(device, passes)
      : await bySubmits(device, passes);
    if (r > 0) once.forEach((time, i) => times[i].push(time));
  }
  return times.map(median);
}

async function byTimestamps(device: GPUDevice, passes: readonly Encode[]): Promise<number[]> {
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 * passes.length });
  const bytes = 16 * passes.length;
  const resolved = device.createBuffer({
    size: bytes,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const staging = device.createBuffer({
    size: bytes,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const encoder = device.createCommandEncoder();
  passes.forEach((encode, i) => {
    const pass = encoder.beginComputePass({
      timestampWrites: {
        querySet,
        beginningOfPassWriteIndex: 2 * i,
        endOfPassWriteIndex: 2 * i + 1,
      },
    });
    encode(pass);
    pass.end();
  });
  encoder.resolveQuerySet(querySet, 0, 2 * passes.length, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, staging, 0, bytes);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const stamps = new BigUint64Array(staging.getMappedRange().slice(0));
  [resolved, staging, querySet].forEach((held) => held.destroy());
  return passes.map((_, i) => Number(stamps[2 * i + 1] - stamps[2 * i]));
}

async function bySubmits(device: GPUDevice, passes: readonly Encode[]): Promise<number[]> {
  const times: number[] = [];
  for (const encode of passes) {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    const begin = performance.now();
    encode(pass);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    times.push((performance.now() - begin) * 1e6);
  }
  return times;
}
