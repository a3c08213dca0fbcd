/** What Deno says of a permission that is missing, in words without its flags. */

/** What was refused: "read", "net" and so on, and the path, address or name. */
export interface Denial {
  readonly kind: string;
  readonly refused: string;
}

/** What each kind of permission is for; others are named as they are. */
const DEEDS: Readonly<Record<string, string>> = {
  read: "to read",
  write: "to write",
  net: "to reach",
  env: "to see the environment variable",
  run: "to run",
  ffi: "to load",
  sys: "to ask the system for",
};

/** What a message of Deno's refuses; undefined for one that is about something else. */
export function denialOf(message: string): Denial | undefined {
  const [, kind, refused = ""] = /^Requires (\w+) access(?: to "(.*)")?/s.exec(message) ?? [];
  return kind === undefined ? undefined : { kind, refused };
}

/** The same as a clause: `no permission to read "/my/data"`. */
export function denialClause({ kind, refused }: Denial): string {
  const deed = DEEDS[kind] ?? `for ${kind}`;
  return refused === "" ? `no permission ${deed}` : `no permission ${deed} "${refused}"`;
}
