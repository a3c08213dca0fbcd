/** GET /courses: the names that a session may hold, in pages, or those near another one. */
import { HttpError, jsonResponse } from "./http_error.ts";
import { type Described, markOf, type Route } from "./served.ts";
import type { Turns } from "./turns.ts";

/** Names of a page, and the most that one may have. */
export const PAGE = { count: 1000, most: 10_000 };
/** Names that may be passed over. */
export const MOST_FROM = 1_000_000_000;
/** Letters of a name that others are near to. */
export const LONGEST_LIKE = 1000;
/** Names that are found near another one. */
const NEAR = 100;

const PARAMETERS: readonly string[] = ["from", "count", "like"];

/** Makes the route. */
export function coursesRoute(service: Described, search: Turns): Route {
  const { runTag, recommenders } = service;
  const catalogue = recommenders[0]?.catalogue;
  return async (_, { searchParams }) => {
    const courses = catalogue?.courses ?? [];
    const asked = parametersOf(searchParams);
    const like = asked.get("like");
    const from = numberOf(asked, "from", 0, MOST_FROM) ?? 0;
    const count = numberOf(asked, "count", 1, PAGE.most) ?? PAGE.count;
    const header = { run_tag: runTag, ...markOf(service), n_courses: courses.length, from };
    if (like === undefined) {
      return jsonResponse({ ...header, courses: courses.slice(from, from + count) });
    }
    if (like === "" || [...like].length > LONGEST_LIKE) {
      throw refused("like", like, `a name of 1 to ${LONGEST_LIKE} letters`);
    }
    const near = await search(() => catalogue?.names().nearest(like, NEAR) ?? []);
    if (near !== undefined) {
      return jsonResponse({ ...header, courses: near.slice(from, from + count) });
    }
    const found = "too many names are being looked for; try again later";
    throw new HttpError(503, found, { "retry-after": "1" });
  };
}

/** The parameters, each once. @throws HttpError 400 for others. */
function parametersOf(given: URLSearchParams): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of given) {
    if (!PARAMETERS.includes(name)) {
      const shown = JSON.stringify(name.slice(0, 80));
      const wanted = PARAMETERS.join(", ");
      throw new HttpError(400, `the parameter ${shown} is unknown; expected: ${wanted}`);
    }
    if (parameters.has(name)) throw refused(name, value, "it once");
    parameters.set(name, value);
  }
  return parameters;
}

function numberOf(
  parameters: ReadonlyMap<string, string>,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const value = parameters.get(name);
  if (value === undefined) return undefined;
  const number = /^\d{1,16}$/.test(value) ? Number(value) : NaN;
  if (number >= least && number <= most) return number;
  throw refused(name, value, `a whole number from ${least} to ${most}`);
}

function refused(name: string, value: string, wanted: string): HttpError {
  return new HttpError(
    400,
    `${name} is ${JSON.stringify(value.slice(0, 80))}; expected: ${wanted}`,
  );
}
