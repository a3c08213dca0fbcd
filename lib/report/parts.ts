/** Parts of a page: tables, legends, figures with their numbers beside them, sections. */
import { type Chart, drawChart } from "./chart.ts";
import { type Html, markup, name, type Piece, trusted } from "./html.ts";
import { MARKERS } from "./markers.ts";
import { BANDS, type Look } from "./palette.ts";

/**
 * A table: the first column names the row, the others hold numbers unless `texts` names their
 * place.
 */
export interface Table {
  readonly head: readonly Piece[];
  readonly rows: readonly (readonly Piece[])[];
  /** Columns of words instead of numbers, beside the first. */
  readonly texts?: readonly number[];
}

/** A table that scrolls by itself where the page is narrow. */
export function table({ head, rows, texts = [] }: Table): Html {
  const kind = (column: number) =>
    column === 0 || texts.includes(column) ? "" : trusted(` class="number"`);
  return markup`<div class="scroll" tabindex="0" role="group" \
aria-label="Table of numbers"><table><thead><tr>${
    head.map((cell, i) => markup`<th scope="col"${kind(i)}>${cell}</th>`)
  }</tr></thead><tbody>${
    rows.map((row) =>
      markup`<tr>${
        row.map((cell, i) =>
          i === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td${kind(i)}>${cell}</td>`
        )
      }</tr>`
    )
  }</tbody></table></div>`;
}

/** A chart with its title, legend, remark and numbers. */
export interface Figure {
  readonly chart: Chart;
  readonly legend?: Html;
  readonly remark?: Piece;
  readonly numbers: Table;
}

/** A figure as markup. */
export function figure({ chart, legend, remark, numbers }: Figure): Html {
  return markup`<figure id="${chart.id}"><figcaption>${chart.title}</figcaption>${legend}${
    drawChart(chart)
  }${
    remark !== undefined && markup`<p class="remark">${remark}</p>`
  }<details><summary>Numbers</summary>${table(numbers)}</details></figure>`;
}

/** Figures beside each other where there is room. */
export function figures(...all: readonly Figure[]): Html {
  return markup`<div class="figures">${all.map(figure)}</div>`;
}

/** A section with an anchor. */
export function section(id: string, title: string, ...body: readonly Piece[]): Html {
  const heading = `${id}-heading`;
  return markup`<section id="${id}" aria-labelledby="${heading}">\
<h2 id="${heading}">${title}</h2>${body}</section>`;
}

/** A name that may be broken before @ and after _. */
export const breakable = (text: string): Html =>
  markup`<bdi>${
    text.split(/(?=@)|(?<=_)/).map((part, i) => markup`${i > 0 && markup`<wbr>`}${part}`)
  }</bdi>`;

/** Which line is whose. */
export function lineLegend(looks: Readonly<Record<string, Look>>, models: readonly string[]): Html {
  return markup`<ul class="legend">${
    models.map((model) => markup`<li>${swatch(looks[model])}${name(model)}</li>`)
  }</ul>`;
}

/** Which shade is which band. */
export function bandLegend(bands: readonly string[], title: string): Html {
  return markup`<ul class="legend" aria-label="${title}">${
    bands.map((band, i) =>
      markup`<li><svg class="swatch" viewBox="0 0 14 14" aria-hidden="true">\
<rect width="14" height="14" rx="2" fill="${BANDS[i].fill}"/></svg>${band}</li>`
    )
  }</ul>`;
}

function swatch({ colour, marker, dash }: Look): Html {
  const dashes = dash === "solid" ? "" : ` stroke-dasharray="${dash.join(" ")}"`;
  return trusted(
    `<svg class="swatch line" viewBox="0 0 30 14" aria-hidden="true" ` +
      `fill="${colour}" stroke="${colour}"><path d="M0 7h30" stroke-width="2"${dashes}/>` +
      `<g stroke="none">${MARKERS[marker].swatch}</g></svg>`,
  );
}
