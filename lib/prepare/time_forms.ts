/** The form of a time as it is written, in strptime's letters, for who has to name it. */

/** A part of a text, and the letters for it; none where it cannot be that. */
type Token = readonly [
  RegExp,
  (match: RegExpExecArray, monthFirst: boolean) => string | undefined,
];

const MONTHS =
  "January February March April May June July August September October November December";
const DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";

const TOKENS: readonly Token[] = [
  [/\d{4}([-/.])\d{1,2}\1\d{1,2}(?!\d)/y, ([, by]) => `%Y${by}%m${by}%d`],
  [/(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)(?!\d)/y, ([, a, by, b, year], monthFirst) => {
    const letters = monthFirst ? ["%m", "%d"] : ["%d", "%m"];
    if (Number(monthFirst ? a : b) > 12) return undefined;
    return [...letters, year.length === 4 ? "%Y" : "%y"].join(by);
  }],
  [/\d{1,2}:\d\d(:\d\d(\.\d+)?)?(?= ?([AP]M)?)/iy, ([, seconds, fraction, half]) => {
    const hour = half === undefined ? "%H" : "%I";
    return `${hour}:%M${seconds === undefined ? "" : ":%S"}${fraction === undefined ? "" : ".%f"}`;
  }],
  [/[AP]M(?![a-z])/iy, () => "%p"],
  [named(MONTHS), () => "%B"],
  [named(MONTHS, 3), () => "%b"],
  [named(DAYS), () => "%A"],
  [named(DAYS, 3), () => "%a"],
  [/[+-]\d\d:?\d\d(?!\d)/y, () => "%z"],
  [/\d{4}(?!\d)/y, () => "%Y"],
  [/\d{1,2}(?!\d)/y, () => "%d"],
  [/[T :,./()-]/y, ([character]) => character],
];

function named(names: string, letters = Infinity): RegExp {
  const list = names.split(" ").map((name) => name.slice(0, letters));
  return new RegExp(`(?:${list.join("|")})(?![a-z])`, "iy");
}

/**
 * The forms that a text may have: none, one, or two where either number may be the month; that of
 * "23/01/23, 12:09" is "%d/%m/%y, %H:%M".
 */
export function timeForms(written: string): string[] {
  const forms = [false, true].map((monthFirst) => formOf(written, monthFirst));
  return [...new Set(forms.filter((form) => form !== undefined))];
}

function formOf(written: string, monthFirst: boolean): string | undefined {
  const parts: string[] = [];
  for (let at = 0; at < written.length;) {
    const found = TOKENS.map(([pattern, lettersOf]) => {
      pattern.lastIndex = at;
      const match = pattern.exec(written);
      return match === null ? undefined : { match, letters: lettersOf(match, monthFirst) };
    }).find((token) => token !== undefined);
    if (found?.letters === undefined) return undefined;
    parts.push(found.letters);
    at += found.match[0].length;
  }
  const form = parts.join("");
  const letters = form.match(/%./g) ?? [];
  const isDate = /%y/i.test(form) && /%d/.test(form) && /%[mb]/i.test(form);
  return isDate && new Set(letters).size === letters.length ? form : undefined;
}
