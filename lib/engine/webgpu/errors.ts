/**
 * What can go wrong on a GPU, told in full. WebGPU reports late and to the side: validation errors
 * to a listener, a lost device to a promise, and a map of a buffer on a lost device may never
 * answer. So every wait is a race against the device's end.
 */
import { anotherDevice, InputError, messageOf, SettingsError } from "../../errors/input_error.ts";
import { describeGpu, type Gpu, type Limit } from "./device.ts";

/** Watches a device from its beginning. */
export interface Watch {
  /** Throws what has been reported since, if anything. */
  check(doing: string): void;
  /** Waits for a promise or for the device's end, then checks. */
  wait<T>(promise: Promise<T>, doing: string): Promise<T>;
}

/** Begins to watch. */
export function watch(gpu: Gpu): Watch {
  const reported: string[] = [];
  let lost: GPUDeviceLostInfo | undefined;
  gpu.device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    reported.push((event as GPUUncapturedErrorEvent).error.message);
  });
  const end = gpu.device.lost.then((info) => {
    lost = info;
  });
  function check(doing: string): void {
    if (lost !== undefined) throw lostError(gpu, doing, lost);
    if (reported.length > 0) throw deviceError(gpu, doing, reported.join("; "));
  }
  /** A lost device fails its maps and reports errors before it says that it is lost. */
  const settle = async () => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([end, new Promise((resolve) => timer = setTimeout(resolve, 500))]);
    clearTimeout(timer);
  };
  return {
    check,
    async wait(promise, doing) {
      promise.catch(() => {}); // when the device ends first, nobody waits for this any more
      let value;
      try {
        value = await Promise.race([promise.then((result) => ({ result })), end]);
      } catch (error) {
        await settle();
        check(doing);
        throw deviceError(gpu, doing, messageOf(error));
      }
      if (reported.length > 0) await settle();
      check(doing);
      return value!.result;
    },
  };
}

/** The device went away: a reset, a removed card, a crashed driver. */
function lostError(gpu: Gpu, doing: string, { reason, message }: GPUDeviceLostInfo): InputError {
  return new InputError({
    doing: `${doing} on ${describeGpu(gpu)}`,
    found: `the device was lost (${reason || "unknown"}${message ? `: ${message}` : ""})`,
    next: `resume the run, or ${anotherDevice()}`,
  });
}

/** Anything else that the device reports. */
export function deviceError(
  gpu: Gpu,
  doing: string,
  message: string,
  remedy = "update the driver",
): InputError {
  return new InputError({
    doing: `${doing} on ${describeGpu(gpu)}`,
    found: message,
    next: `${remedy} or ${anotherDevice()}`,
  });
}

/** What is larger than the adapter allows. */
export interface Excess {
  readonly doing: string;
  /** What needs so much, and how much. */
  readonly what: string;
  readonly needed: number;
  readonly limit: Limit;
  readonly next: string;
}

/** Something larger than the adapter allows. */
export function limitError(
  gpu: Gpu,
  { doing, what, needed, limit, next }: Excess,
): SettingsError {
  return new SettingsError({
    doing: `${doing} on ${describeGpu(gpu)}`,
    found: `${what} needs ${needed}, and the device's ${limit} is ${gpu.limits[limit]}`,
    wanted: "sizes within the device's limits",
    next,
  });
}
