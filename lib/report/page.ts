/** The frame of a page. */
import { type Html, markup, name, textOf, trusted } from "./html.ts";
import { STYLE } from "./style.ts";

/** What a page says. */
export interface Page {
  readonly title: string;
  readonly heading: string;
  readonly lead: Html;
  /** A few numbers with what they count. */
  readonly facts: readonly (readonly [string, string])[];
  /** Anchors and their names. */
  readonly links: readonly (readonly [string, string])[];
  readonly body: readonly (Html | undefined | false)[];
  /** Rules of the page's own, behind the shared style sheet. */
  readonly style?: string;
}

const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The whole document. The policy forbids scripts and the network, should markup ever slip in. */
export function page({ title, heading, lead, facts, links, body, style = "" }: Page): string {
  return textOf(markup`${trusted("<!doctype html>")}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(STYLE + style)}</style>
</head>
<body>
<div class="page">
<header><h1>${heading}</h1><p class="lead">${lead}</p>
<ul class="facts">${
    facts.map(([value, what]) => markup`<li><b>${value}</b><span>${what}</span></li>`)
  }</ul></header>
${
    links.length > 0 &&
    markup`<nav aria-label="Sections"><ul>${
      links.map(([id, text]) => markup`<li><a href="#${id}">${text}</a></li>`)
    }</ul></nav>`
  }
<main>${body}</main>
<footer>Made by @coldstart/baselines. This page needs no network and holds no script.</footer>
</div>
</body>
</html>
`);
}

/** What a document says of its data. */
export interface DataMark {
  readonly synthetic: boolean;
  readonly preset?: string;
  readonly seed?: number;
  readonly process_version?: string;
}

const SYNTHETIC = "These numbers say nothing about real learners: the data are synthetic";

/** Says loudly that data are synthetic; nothing for real ones. */
export function alarm({ synthetic, preset, seed, process_version }: DataMark): Html | undefined {
  if (!synthetic) return undefined;
  const from = markup`preset ${name(preset ?? "unknown")}, seed ${seed ?? "unknown"}, process ${
    name(process_version ?? "unknown")
  }`;
  return markup`<div class="alarm" role="note"><strong>SYNTHETIC DATA</strong>\
<p>${SYNTHETIC} (${from}).</p></div>`;
}

/** What a reader should keep in mind; nothing when there is nothing. */
export function warnings(notes: readonly (Html | string)[]): Html | undefined {
  if (notes.length === 0) return undefined;
  return markup`<aside class="warnings" aria-label="Warnings"><h2>Keep in mind</h2><ul>${
    notes.map((note) => markup`<li>${note}</li>`)
  }</ul></aside>`;
}
