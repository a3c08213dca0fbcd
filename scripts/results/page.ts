/** The places of tables in docs/results.md. */

/** The table of that name on the page; undefined when it has no place for it. */
export function partOf(page: string, name: string): string | undefined {
  const place = placeOf(page, name);
  return place && page.slice(...place).trim();
}

/** The page with another table of that name. @throws RangeError when it has no place for it. */
export function withPart(page: string, name: string, made: string): string {
  const place = placeOf(page, name);
  if (place === undefined) throw new RangeError(`the page has no table ${name}`);
  return `${page.slice(0, place[0])}\n${made}\n${page.slice(place[1])}`;
}

function placeOf(page: string, name: string): [number, number] | undefined {
  const begin = `<!-- results: ${name} -->\n`;
  const from = page.indexOf(begin);
  const to = page.indexOf("<!-- end of results -->", from);
  return from < 0 || to < 0 ? undefined : [from + begin.length, to];
}
