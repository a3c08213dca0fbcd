/**
 * The same training in PyTorch on the same machine, where a Python with torch is at hand (`PYTHON`
 * names one; default python3).
 */
import type { Pairs } from "../../lib/dataset/dataset.ts";
import { messageOf } from "../../lib/errors/input_error.ts";

/** Milliseconds a batch by the names of our own cases, with the thread count that was best. */
export interface Peer {
  readonly version: string;
  readonly results: Readonly<Record<string, { readonly ms: number; readonly threads: number }>>;
  readonly notes: readonly string[];
}

/** Runs the peer on the pairs' prefix lengths; without torch it says so and gives nothing. */
export async function torchPeer(pairs: Pairs, quick: boolean, device = "cpu"): Promise<Peer> {
  const python = Deno.env.get("PYTHON") ?? "python3";
  const script = new URL("./peers/torch_training.py", import.meta.url).pathname;
  const lengths = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(
      lengths,
      [...pairs.prefixLength].map((n) => Math.min(50, n)).join("\n"),
    );
    const { success, stdout, stderr } = await new Deno.Command(python, {
      args: [script, lengths, quick ? "8" : "24", device],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr).trim().split("\n").pop());
    return { ...JSON.parse(new TextDecoder().decode(stdout)), notes: [] };
  } catch (error) {
    return {
      version: "",
      results: {},
      notes: [
        `PyTorch SKIPPED: ${python} cannot run scripts/bench/peers/torch_training.py (${
          messageOf(error)
        })`,
      ],
    };
  } finally {
    await Deno.remove(lengths);
  }
}
