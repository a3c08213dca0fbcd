import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { permissionHint } from "../../lib/cli/permission_hint.ts";

const denied = (kind: string, place: string) =>
  new Deno.errors.NotCapable(
    `Requires ${kind} access to "${place}", run again with the --allow-${kind} flag`,
  );

Deno.test("what was refused is what may be allowed, folders with spaces too", () => {
  const cases: [string, string, string, string][] = [
    ["read", "/my/data", "reading x", 'BASELINES_ALLOW="--allow-read=/my/data" before the command'],
    [
      "read",
      "/my/out",
      "writing /my/out/reports",
      'BASELINES_ALLOW="--allow-read=/my/out --allow-write=/my/out" before the command',
    ],
    ["read", "/my data/l.csv", "reading x", 'BASELINES_READ="/my data/l.csv" before the command'],
    [
      "write",
      "/my out",
      "making x",
      'mkdir -p "/my out" && BASELINES_READ="/my out" BASELINES_WRITE="/my out" before',
    ],
    [
      "net",
      "10.1.2.3:80",
      "listening",
      'BASELINES_ALLOW="--allow-net=10.1.2.3:80" before the command',
    ],
    ["read", '/a "$b', "reading x", 'BASELINES_READ="/a \\"\\$b" before the command'],
  ];
  for (const [kind, place, doing, wanted] of cases) {
    assertStringIncludes(permissionHint(denied(kind, place), doing), wanted);
  }
  const compiled = permissionHint(denied("read", "/my/data"), "reading x", [], true);
  assertStringIncludes(compiled, "a compiled file can be given no more");
  assert(!/deno\.json|before the command/.test(compiled), compiled);
  const inside = (kind: string) =>
    permissionHint(denied(kind, "x"), "reading x").includes("inside the project");
  assertEquals(["read", "write", "net", "env"].map(inside), [true, true, false, false]);
});

Deno.test("what an argument names is allowed whole, a pattern by its folder", () => {
  const here = Deno.cwd();
  const cases: [string, string[], string][] = [
    ["/my/data/vocab/course2id.json", ["--data", "/my/data"], "--allow-read=/my/data"],
    ["/my/data/vocab/course2id.json", ["--data=/my/data/"], "--allow-read=/my/data"],
    ["/my/data/x", ["--out", "/my", "--data", "/my/data"], "--allow-read=/my/data"],
    ["/my/data", ["--data", "/my/data"], "--allow-read=/my/data"],
    ["/my/database/x", ["--data", "/my/data"], "--allow-read=/my/database/x"],
    [`${here}/secret/x`, ["--out", ".", "--data", "/"], `--allow-read=${here}/secret/x`],
    ["/my/logs/*.csv", ["--input", "/my/logs/*.csv"], "--allow-read=/my/logs"],
    ["/my/logs/2026-*/a.csv", [], "--allow-read=/my/logs"],
  ];
  for (const [place, args, wanted] of cases) {
    const hint = permissionHint(denied("read", place), "reading x", args);
    assertStringIncludes(hint, `BASELINES_ALLOW="${wanted}" before`);
  }
});
