/**
 * Markup from templates in which every value is text unless it is markup already, so that nothing
 * from the data becomes an element.
 */

const MARKUP = Symbol("markup");
/** Markup that a template made; no JSON can hold one. */
export interface Html {
  readonly [MARKUP]: string;
}

/**
 * What a template takes: texts and numbers are escaped, lists are joined, undefined and false are
 * nothing.
 */
export type Piece = Html | string | number | undefined | false | readonly Piece[];

/** A template of markup: markup`<td>${course}</td>`. */
export function markup(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return { [MARKUP]: parts.reduce((text, part, i) => text + markupOf(pieces[i - 1]) + part) };
}

/**
 * Text that is markup already: a style sheet or a drawing of ours, never something from the data.
 */
export function trusted(text: string): Html {
  return { [MARKUP]: text };
}

/** The markup as a text. */
export function textOf(made: Html): string {
  return made[MARKUP];
}

/** A name from the data: kept apart from the direction of the text around it. */
export function name(text: string): Html {
  return markup`<bdi>${text}</bdi>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

// deno-lint-ignore no-control-regex -- control characters are what is meant
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/**
 * A text as character data or attribute value; control characters, which HTML does not have, become
 * U+FFFD.
 */
export function escape(text: string): string {
  return text.replace(CONTROL, "\ufffd").replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

function markupOf(piece: Piece): string {
  if (piece === undefined || piece === false) return "";
  if (typeof piece === "string" || typeof piece === "number") return escape(String(piece));
  return isList(piece) ? piece.map(markupOf).join("") : piece[MARKUP];
}

function isList(piece: Html | readonly Piece[]): piece is readonly Piece[] {
  return Array.isArray(piece);
}
