import { assertEquals, assertStringIncludes } from "@std/assert";
import { warnOfThreads } from "../../lib/jobs/threads.ts";
import { recorder } from "./recorder.ts";

Deno.test("more threads than cores are said before they are waited for", () => {
  const said = (threads: number, device: "wasm" | "webgpu") => {
    const { terminal, text } = recorder();
    warnOfThreads(terminal, threads, { device }, 4);
    return text();
  };
  assertStringIncludes(said(256, "wasm"), "--threads 256 on 4 cores");
  assertEquals([said(4, "wasm"), said(0, "wasm"), said(256, "webgpu")], ["", "", ""]);
});
