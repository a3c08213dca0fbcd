/** Columns that texts take on a terminal: the characters of East Asia and emoji take two. */

/** First and last code points of the scripts whose characters take two columns. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], // Hangul's parts
  [0x2e80, 0x303e], // radicals, punctuation of Chinese and Japanese
  [0x3041, 0xa4cf], // kana, Han, Yi
  [0xac00, 0xd7a3], // Hangul
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60], // full width forms
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff], // emoji
  [0x20000, 0x3fffd], // rare Han
];
/** Marks that stand on the character before them, and what is not seen. */
const NONE = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Columns of a text on one line. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/** The beginning of a text that fits into so many columns. */
export function cut(text: string, columns: number): string {
  let width = 0;
  let end = 0;
  for (const character of text) {
    width += columnsOf(character);
    if (width > columns) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** The text itself where it fits, else its beginning and three dots as one character. */
export function shortened(text: string, columns: number): string {
  return widthOf(text) <= columns ? text : `${cut(text, columns - 1)}…`;
}

function columnsOf(character: string): number {
  if (character < "\u0300") return 1;
  if (NONE.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
