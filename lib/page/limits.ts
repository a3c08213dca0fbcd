/** What the place that the page was opened from does not let it do, in words. */

/** What is known of the place. */
export interface Place {
  /** Opened from disk, not from a server. */
  readonly disk: boolean;
  /** Threads may share memory. */
  readonly isolated: boolean;
  readonly cores: number;
  readonly gpu: "hardware" | "software" | "none";
}

/** A sentence for each thing that would work elsewhere. */
export function limitsOf({ disk, isolated, cores, gpu }: Place): string[] {
  const limits: string[] = [];
  if (!isolated && cores > 1) {
    const where = disk
      ? "Opened from disk, the page may not share memory between threads"
      : "This server does not isolate the page, so that threads may not share memory";
    limits.push(
      `${where}: the processor computes with one thread of ${cores}. A server that sends ` +
        "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp " +
        "lets it use all of them.",
    );
  }
  if (gpu === "none") {
    limits.push("This browser offers no GPU here (WebGPU): the processor computes.");
  } else if (gpu === "software") {
    limits.push(
      "The only GPU here is the processor’s imitation of one: the device auto passes it.",
    );
  }
  return limits;
}
