/** A section of a page: one file each in `sections/` and `comparison/`, listed by its page. */
import { type Html, markup, type Piece } from "./html.ts";

/** What a section is. */
export interface Section {
  /** Its anchor, unique on the page. */
  readonly id: string;
  readonly title: string;
  /** Its name in the page's list of sections, if it stands there. */
  readonly link?: string;
  readonly body: Piece;
}

/** A section as markup. */
export function rendered({ id, title, body }: Section): Html {
  const heading = `${id}-heading`;
  return markup`<section id="${id}" aria-labelledby="${heading}">\
<h2 id="${heading}">${title}</h2>${body}</section>`;
}

/** Anchors and names of those that have one. */
export function linksTo(sections: readonly Section[]): (readonly [string, string])[] {
  return sections.flatMap(({ id, link }) => link === undefined ? [] : [[id, link] as const]);
}
