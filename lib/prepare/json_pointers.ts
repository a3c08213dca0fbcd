/** Names of JSON fields as pointers. */

/**
 * The JSON pointers that a name may mean: a field of that very name first, then, where it holds
 * dots, a field inside others.
 */
export function candidatesOf(name: string): string[] {
  if (name.startsWith("/")) return [name];
  const escaped = name.replaceAll("~", "~0").replaceAll("/", "~1");
  const path = escaped.startsWith("$.") ? escaped.slice(2) : escaped;
  const nested = `/${path.replaceAll(".", "/")}`;
  if (path !== escaped) return [nested];
  return nested === `/${escaped}` ? [nested] : [`/${escaped}`, nested];
}
