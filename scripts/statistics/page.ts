/** The simulated tables' place in docs/statistics.md. */

const BEGIN = "<!-- simulated by `deno task statistics --write` -->";
const END = "<!-- end of what was simulated -->";

/** The tables that a page holds. @throws RangeError when it has no place for them. */
export function tablesIn(page: string): string {
  const [begin, end] = placeIn(page);
  return page.slice(begin, end).trim();
}

/** The page with other tables. @throws RangeError when it has no place for them. */
export function withTables(page: string, tables: string): string {
  const [begin, end] = placeIn(page);
  return `${page.slice(0, begin)}\n\n${tables}\n\n${page.slice(end)}`;
}

function placeIn(page: string): readonly [number, number] {
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  const end = page.indexOf(END);
  if (begin < BEGIN.length || end < begin) throw new RangeError(`no ${BEGIN} and ${END}`);
  return [begin, end];
}
