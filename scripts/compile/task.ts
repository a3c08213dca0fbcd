/**
 * The permissions of a program: those of its task in deno.json, so that a binary can never do more
 * than the task. A file of several programs that `deno compile` makes has the permissions of all,
 * of which it gives back at its start what the program's own task does not name.
 */
import manifest from "../../deno.json" with { type: "json" };

/** How a task runs its script. */
export interface Task {
  /** Path of the script, relative to the project. */
  readonly script: string;
  /** The flags between `deno run` and the script. */
  readonly flags: readonly string[];
}

/** What the user of a task may add: folders, and further flags. */
const ADDED = /"--allow-(?:read|write)=\$\([^)]*\)" |\$BASELINES_ALLOW /g;

/**
 * The task `name`; what its user may add with BASELINES_READ, BASELINES_WRITE and BASELINES_ALLOW
 * is not part of it. @throws TypeError when it is not one `deno run` of one script.
 */
export function taskOf(name: string): Task {
  const tasks = manifest.tasks as Readonly<Record<string, { command: string }>>;
  const match = /^deno run (?:--quiet )?((?:--\S+ )*)(scripts\/\S+\.ts)$/.exec(
    tasks[name]?.command.replaceAll(ADDED, "") ?? "",
  );
  if (match === null) {
    throw new TypeError(
      `the task ${name} of deno.json is not of the form: deno run --flag … scripts/x.ts`,
    );
  }
  return { flags: match[1].split(" ").filter((flag) => flag !== ""), script: match[2] };
}

/** Permissions by their kind (read, net, …): what they are for, or all of the kind. */
type Permissions = ReadonlyMap<Deno.PermissionName, ReadonlySet<string> | "all">;

/** The flags that allow what any of the lists allows. */
export function unionOf(lists: readonly (readonly string[])[]): string[] {
  const others = lists.flat().filter((flag) => !flag.startsWith("--allow-"));
  const permissions = permissionsOf(lists.flat());
  return [
    ...new Set(others),
    ...Array.from(
      permissions,
      ([kind, targets]) =>
        targets === "all" ? `--allow-${kind}` : `--allow-${kind}=${[...targets].join(",")}`,
    ),
  ];
}

/**
 * What a program whose task has the flags `own` gives back of what `all` allow.
 * @throws TypeError where it could not keep a part of what is allowed whole.
 */
export function surplus(
  all: readonly string[],
  own: readonly string[],
): Deno.PermissionDescriptor[] {
  const kept = permissionsOf(own);
  return Array.from(permissionsOf(all)).flatMap(([kind, targets]) => {
    const keeps = kept.get(kind);
    if (keeps === undefined) return [{ name: kind } as Deno.PermissionDescriptor];
    if (targets === "all") {
      if (keeps === "all") return [];
      throw new TypeError(`--allow-${kind} cannot be narrowed to ${[...keeps]}`);
    }
    // to give back a folder in one that is kept would take that one, too
    const keep = (target: string) =>
      keeps === "all" || keeps.has(target) ||
      (TARGET[kind] === "path" && [...keeps].some((folder) => target.startsWith(`${folder}/`)));
    const rest = [...targets].filter((target) => !keep(target));
    return rest.map((target) =>
      ({ name: kind, [TARGET[kind]]: target }) as unknown as Deno.PermissionDescriptor
    );
  });
}

/** What a descriptor calls that for which it is. */
const TARGET: Readonly<Record<Deno.PermissionName, string>> = {
  read: "path",
  write: "path",
  ffi: "path",
  net: "host",
  env: "variable",
  run: "command",
  sys: "kind",
};

function permissionsOf(flags: readonly string[]): Permissions {
  const found = new Map<Deno.PermissionName, Set<string> | "all">();
  for (const flag of flags) {
    const [, kind, targets] = /^--allow-(\w+)(?:=(.*))?$/.exec(flag) ?? [];
    if (kind === undefined) continue;
    const name = kind as Deno.PermissionName;
    const known = found.get(name) ?? new Set<string>();
    if (targets === undefined || known === "all") found.set(name, "all");
    else found.set(name, new Set([...known, ...targets.split(",")]));
  }
  return found;
}
