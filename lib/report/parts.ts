/** Parts of a page: tables, legends, figures with their numbers beside them. */
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

/** Columns from which on a table does not shrink on a phone, but scrolls beside its row names. */
const WIDE = 5;

/**
 * A table. Where it is wider than its place, it scrolls by itself beside the names of its rows,
 * which stay, and says so.
 */
export function table({ head, rows, texts = [] }: Table): Html {
  const kind = (column: number) =>
    column === 0 || texts.includes(column) ? "" : trusted(` class="number"`);
  return scrolling(
    markup`<table><thead><tr>${
      head.map((cell, i) => markup`<th scope="col"${kind(i)}>${cell}</th>`)
    }</tr></thead><tbody>${
      rows.map((row) =>
        markup`<tr>${
          row.map((cell, i) =>
            i === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td${kind(i)}>${cell}</td>`
          )
        }</tr>`
      )
    }</tbody></table>`,
    head.length,
  );
}

/** A table's markup in a place of its own that scrolls; `columns` is how many it has. */
export function scrolling(tableMarkup: Html, columns: number, label = "Table of numbers"): Html {
  const wide = columns >= WIDE && trusted(` wide" style="--columns:${columns}`);
  return markup`<div class="scroller"><p class="hint" aria-hidden="true">scroll sideways →</p>\
<div class="scroll${wide}" tabindex="0" role="group" aria-label="${label}">${tableMarkup}</div>\
</div>`;
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

/** A line for a shell, whole and easy to take: a click selects it. */
export function commandLine(command: string): Html {
  return markup`<pre class="command" tabindex="0" role="group" aria-label="Command">\
<code>${command}</code></pre>`;
}

/** A hash or another long word: its beginning, the whole where the mouse rests on it. */
export function cutHash(hash: string): Html {
  return hash.length <= SHOWN_OF_HASH
    ? markup`<code>${hash}</code>`
    : markup`<code class="hash" title="${hash}">${hash.slice(0, SHOWN_OF_HASH)}…</code>`;
}

const SHOWN_OF_HASH = 12;
