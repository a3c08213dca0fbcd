/**
 * The pages' style sheet: one column on a phone, two for charts on a wide screen, everything opened
 * on paper.
 */
import { PALETTE_CSS } from "./palette.ts";

/** CSS text. */
export const STYLE = `${PALETTE_CSS}
*{box-sizing:border-box}
html{font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",\
sans-serif;-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--page);color:var(--ink)}
.page{max-width:1180px;margin:0 auto;padding:28px 24px 64px}
a{color:var(--accent);text-underline-offset:2px}
a:focus-visible,summary:focus-visible,.scroll:focus-visible,.command:focus-visible{\
outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
h1{font-size:1.75rem;line-height:1.2;letter-spacing:-.015em;margin:0 0 6px;text-wrap:balance}
h2{font-size:1.22rem;line-height:1.3;letter-spacing:-.008em;margin:0 0 12px}
h3{font-size:1rem;margin:20px 0 8px}
p{margin:0 0 12px;max-width:46em}
.lead{color:var(--soft);margin-bottom:18px}
.soft{color:var(--soft)}
.facts{display:flex;flex-wrap:wrap;gap:10px 28px;margin:0 0 18px;padding:0;list-style:none}
.facts b{display:block;font-size:1.18rem;line-height:1.25;font-variant-numeric:tabular-nums}
.facts span{color:var(--soft);font-size:.86rem}
nav{border-block:1px solid var(--line);padding:9px 0;margin:0 0 28px;font-size:.92rem}
nav ul{display:flex;flex-wrap:wrap;gap:4px 20px;margin:0;padding:0;list-style:none}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
section{margin:0 0 40px;scroll-margin-top:12px}
.alarm{background:var(--alarm);color:var(--alarmInk);border-radius:8px;padding:14px 18px;\
margin:0 0 18px}
.alarm strong{display:block;font-size:1.1rem;letter-spacing:.01em}
.alarm p{margin:2px 0 0;max-width:none}
.warnings{background:var(--warn);border-inline-start:4px solid var(--warnLine);\
border-radius:0 8px 8px 0;padding:11px 18px;margin:0 0 30px}
.warnings ul{margin:0;padding-inline-start:18px}
.warnings h2{font-size:1rem;margin:0 0 4px}
.findings{margin:0;padding-inline-start:20px;max-width:52em}
.findings li{margin:0 0 7px}
.figures{display:grid;grid-template-columns:minmax(0,1fr);gap:20px}
figure{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:0;\
padding:15px 16px 11px;min-width:0;break-inside:avoid}
figcaption{font-weight:600;margin:0 0 6px}
figure>svg{display:block;width:100%;height:auto;max-width:620px;margin:0 auto;overflow:visible}
svg text{font-variant-numeric:tabular-nums}
svg.narrow{display:none}
.remark{font-size:.86rem;color:var(--soft);margin:6px 0 4px;max-width:60em}
.legend{display:flex;flex-wrap:wrap;gap:3px 16px;list-style:none;margin:0 0 8px;padding:0;\
font-size:.86rem}
.legend li{display:inline-flex;align-items:center;gap:6px}
.swatch{width:14px;height:14px;flex:none}
.swatch.line{width:30px}
details{margin-top:4px}
summary{cursor:pointer;color:var(--accent);font-size:.88rem;padding:3px 0;width:max-content}
details[open]>summary{margin-bottom:4px}
.scroller{timeline-scope:--sideways}
.scroll{overflow-x:auto;max-width:100%;scroll-timeline:--sideways inline}
.hint{max-height:0;overflow:hidden;margin:0;text-align:end;color:var(--soft);font-size:.8rem;\
animation:hint linear both;animation-timeline:--sideways}
@keyframes hint{0%,95%{max-height:1.6em}}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:6px 16px;\
margin:0 0 14px}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:start;color:var(--soft);font-size:.86rem;padding:0 0 6px}
th,td{text-align:start;padding:6px 14px 6px 0;border-bottom:1px solid var(--faint);\
vertical-align:top;font-weight:400}
tr>:last-child{padding-inline-end:0}
tbody tr:last-child>*{border-bottom:0}
thead th{font-weight:600;color:var(--soft);border-bottom:1px solid var(--line);\
vertical-align:bottom}
tbody th{overflow-wrap:break-word;min-width:6em;max-width:24em}
.wide table{min-width:calc(7em + (var(--columns) - 1)*5.6em)}
.wide tbody th,.wide thead th:first-child{position:sticky;inset-inline-start:0;z-index:1;\
background:var(--card);padding-inline-end:10px}
td small{display:block;color:var(--soft);font-size:.8rem;line-height:1.3;white-space:nowrap}
.settings tbody th{width:11.5em}
.settings td{overflow-wrap:anywhere}
.apart>*{border-top:2px solid var(--line)}
.words .wide table{min-width:760px}
.files tbody th{white-space:nowrap;max-width:none}
.number{text-align:end;white-space:nowrap}
thead .number{white-space:normal}
.runs{margin:0 0 18px;padding:0;list-style:none}
.runs b{display:inline-block;min-width:1.5em}
.summary th,.summary td{padding-block:9px}
.summary tbody th{font-weight:600;overflow-wrap:normal;min-width:0}
.facts-list{margin:6px 0 10px}
.facts-list>div{display:grid;grid-template-columns:8em minmax(0,1fr);gap:0 14px;padding:2px 0}
.facts-list dt{color:var(--soft)}
.facts-list dd{margin:0;overflow-wrap:anywhere}
.summary .value{font-size:1rem}
.summary .best .value{background:var(--best);color:var(--bestInk);font-weight:700;\
border-radius:4px;padding:1px 6px;margin-inline-end:-6px}
.summary .ceiling>*{border-top:2px solid var(--line);font-style:italic}
.tag{display:inline-block;white-space:nowrap;font-size:.78rem;line-height:1.5;\
border-radius:4px;padding:0 6px;\
background:var(--faint);color:var(--soft);font-style:normal;font-weight:400}
.tag.holds{background:var(--best);color:var(--bestInk);font-weight:600}
.tag.up,.tag.down{background:none;border:1px solid;padding:0 5px;font-weight:700}
.tag.up{color:var(--up)}
.tag.down{color:var(--down)}
.tag.alarming{white-space:normal;background:var(--alarm);color:var(--alarmInk);font-weight:600}
.sign{width:14px;height:14px;border:1.5px solid}
.sign.up{background:var(--up);border-color:var(--up)}
.sign.down{background:var(--down);border-color:var(--down)}
.sign.hollow{border-color:var(--soft)}
mark{background:var(--best);color:var(--bestInk);font-weight:600;border-radius:3px;padding:0 4px}
.sample.card{padding-block:14px}
.sample p{margin:0 0 8px;max-width:none;overflow-wrap:break-word}
.whole,mark{display:inline-block;max-width:100%}
.arrow{color:var(--accent);font-weight:700}
.sample h3{margin:0 0 6px}
.picks{margin:0;font-size:.92rem}
.picks>div{display:grid;grid-template-columns:18em minmax(0,1fr);gap:0 16px;\
border-top:1px solid var(--faint);padding:6px 0}
.picks dt{display:flex;justify-content:space-between;align-items:baseline;gap:10px;font-weight:600}
.picks dd{margin:0;overflow-wrap:break-word;min-width:0}
code{font:.92em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;\
overflow-wrap:anywhere}
.command{background:var(--card);border:1px solid var(--line);border-radius:10px;\
padding:10px 16px;margin:0 0 8px;white-space:pre-wrap;user-select:all}
.hash{font-size:.82em;white-space:nowrap}
footer{border-top:1px solid var(--line);padding-top:12px;color:var(--soft);font-size:.86rem}
@media (min-width:1040px){.figures{grid-template-columns:repeat(2,minmax(0,1fr))}}
@media (max-width:620px){
.page{padding:20px 16px 48px}
h1{font-size:1.42rem}
svg.wide{display:none}
svg.narrow{display:block}
figure{padding:13px 13px 9px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(92px,1fr));gap:10px 14px}
.card{padding:4px 13px}
th,td{padding-inline-end:11px}
figure table{font-size:.82rem}
.picks>div{grid-template-columns:minmax(0,1fr);gap:2px}
}
@media (max-width:360px){.page{padding-inline:10px}figure{padding-inline:8px}}
@media print{
html{font-size:9pt}
.page{max-width:none;padding:0}
nav,summary{display:none}
.scroll{overflow:visible}
.hint{display:none}
.wide table,.words .wide table{min-width:0}
.wide tbody th,.wide thead th:first-child{position:static}
svg.wide{display:block}svg.narrow{display:none}
.figures{grid-template-columns:repeat(2,minmax(0,1fr));gap:10px}
figure:has(details[open]){grid-column:1/-1}
figure table{font-size:8pt}
figure th,figure td{padding:2px 6px 2px 0}
figure tbody th{min-width:0}
details:not([open]){display:none}
h2,h3,section>p{break-after:avoid}
p{break-inside:avoid}
tr,.picks>div{break-inside:avoid}
.alarm,.warnings,mark,.summary .value,.tag,.swatch,figure svg{print-color-adjust:exact;\
-webkit-print-color-adjust:exact}
a{color:inherit;text-decoration:none}
}
`;
