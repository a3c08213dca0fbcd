import { assertEquals, assertStringIncludes } from "@std/assert";
import { permissionHint } from "../../lib/cli/permission_hint.ts";

const denied = (kind: string, place: string) =>
  new Deno.errors.NotCapable(
    `Requires ${kind} access to "${place}", run again with the --allow-${kind} flag`,
  );

Deno.test("what was refused is what may be allowed, folders with spaces too", () => {
  const cases: [string, string, string, string][] = [
    ["read", "/my/data", "reading x", 'BASELINES_ALLOW="--allow-read=/my/data" deno task'],
    [
      "read",
      "/my/out",
      "writing /my/out/reports",
      'BASELINES_ALLOW="--allow-read=/my/out --allow-write=/my/out" deno task',
    ],
    ["read", "/my data", "reading x", 'BASELINES_READ="/my data" deno task'],
    [
      "write",
      "/my out",
      "making x",
      'BASELINES_READ="/my out" BASELINES_WRITE="/my out" deno task',
    ],
    ["net", "10.1.2.3:80", "listening", 'BASELINES_ALLOW="--allow-net=10.1.2.3:80" deno task'],
    ["read", '/a "$b', "reading x", 'BASELINES_READ="/a \\"\\$b" deno task'],
  ];
  for (const [kind, place, doing, wanted] of cases) {
    assertStringIncludes(permissionHint(denied(kind, place), doing), wanted);
  }
  const inside = (kind: string) =>
    permissionHint(denied(kind, "x"), "reading x").includes("inside the project");
  assertEquals(["read", "write", "net", "env"].map(inside), [true, true, false, false]);
});
