import { assertEquals, assertRejects } from "@std/assert";
import { Interrupted, interruptible } from "../../lib/terminal/signals.ts";

const ignore = Deno.build.os === "windows";

Deno.test({ // SIGINT is the test runner's own
  name: "a signal aborts with an Interrupted that knows the exit code; afterwards nobody listens",
  ignore,
  async fn() {
    const error = await assertRejects(() =>
      interruptible(async (signal) => {
        const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
        const busy = setInterval(() => {}, 1000); // a signal alone keeps no program waiting
        Deno.kill(Deno.pid, "SIGTERM");
        await aborted;
        clearInterval(busy);
        signal.throwIfAborted();
      }), Interrupted);
    assertEquals([error.message, error.exitCode], ["interrupted by SIGTERM", 143]);
    assertEquals(await interruptible((signal) => Promise.resolve(signal.aborted)), false);
  },
});

Deno.test({
  name: "a second signal ends the program at once, with the signal's exit code",
  ignore,
  async fn() {
    const module = new URL("../../lib/terminal/signals.ts", import.meta.url).href;
    const code = `import { interruptible } from "${module}";
      await interruptible(() => {
        console.log("begun");
        return new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const child = new Deno.Command(Deno.execPath(), { args: ["eval", code], stdout: "piped" })
      .spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGINT");
    const patience = setInterval(() => child.kill("SIGINT"), 300);
    const { code: exit, signal } = await child.status;
    assertEquals([exit, signal], [130, null], "it ends itself; the signal does not kill it");
    clearInterval(patience);
    await reader.cancel();
  },
});

/** A program that hears signals and answers them after `ms` milliseconds. */
function hearing(ms: number): string {
  const module = new URL("../../lib/terminal/signals.ts", import.meta.url).href;
  return `import { listenForStop, SIGNAL_EXIT } from "${module}";
    const stopped = Promise.withResolvers();
    const signal = listenForStop(stopped.resolve);
    const waiting = setInterval(() => {}, 1000);
    console.log("begun");
    const name = await stopped.promise;
    ${ms > 0 ? `for (const begin = Date.now(); Date.now() - begin < ${ms};);` : ""}
    await new Promise((resolve) => setTimeout(resolve, 300));
    clearInterval(waiting);
    console.log("saved");
    signal.stop();
    Deno.exitCode = SIGNAL_EXIT[name];`;
}

for (
  const [what, busy] of [["", 0], [
    ", even one that computes for longer than a second",
    1500,
  ]] as const
) {
  Deno.test({
    name: `two signals within a millisecond are one to a program${what}`,
    ignore,
    async fn() {
      for (let round = 0; round < (busy > 0 ? 2 : 6); round++) {
        const child = new Deno.Command(Deno.execPath(), {
          args: ["eval", hearing(busy)],
          stdout: "piped",
        }).spawn();
        const said: string[] = [];
        let sent = false;
        for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
          said.push(text);
          if (sent) continue;
          sent = true;
          child.kill("SIGINT");
          for (const begin = performance.now(); performance.now() - begin < 0.5 + round / 10;);
          child.kill("SIGINT");
        }
        const { code } = await child.status;
        assertEquals([said.join(""), code], ["begun\nsaved\n", 130], `round ${round}`);
      }
    },
  });
}
