/** A worker's signs of life, from a thread of their own. */
import { BEAT_MS, type Claim } from "./claims.ts";
import type { Beat } from "./beat.ts";

/** Beats for one claim at a time. */
export interface Heart {
  beatFor(claim: Claim | undefined): void;
  end(): void;
}

/** Starts the thread. */
export function startHeart(): Heart {
  const thread = new Worker(new URL("./beat.ts", import.meta.url), { type: "module" });
  return {
    beatFor(claim) {
      const beat: Beat | null = claim === undefined
        ? null
        : { path: claim.path, text: claim.text, everyMs: BEAT_MS };
      thread.postMessage(beat);
    },
    end: () => thread.terminate(),
  };
}
