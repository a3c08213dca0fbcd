/** Contests as LaTeX tables for booktabs, one `table` a data set. */
import { MEASURE_TITLES } from "../numbers.ts";
import type { Contest, Score } from "../leaderboard/contest.ts";
import { titleOf } from "../leaderboard/evidence.ts";
import { askedOf, digits, readingOf, starsOf } from "./cells.ts";

/** Every contest as a table; names are text in it, whatever they hold. */
export function latexOf(contests: readonly Contest[]): string {
  return [
    "% In the preamble: \\usepackage[utf8]{inputenc} \\usepackage{booktabs,graphicx}",
    ...contests.map(tableOf),
  ]
    .join("\n\n") + "\n";
}

function tableOf(contest: Contest, place: number): string {
  const { data, metrics, rows, notes } = contest;
  const hasSeeds = rows.some(({ contestant }) => contestant.trainings.length > 1);
  const head = [
    "Model",
    ...hasSeeds ? ["Seeds"] : [],
    ...metrics.map((key) => MEASURE_TITLES[key]),
  ];
  const body = rows.map(({ contestant, scores }) => {
    const seeds = hasSeeds ? [`${contestant.trainings.length}`] : [];
    const values = metrics.map((metric) => valueOf(scores[metric], contest));
    const intervals = metrics.map((metric) => intervalOf(scores[metric]));
    return [
      `${line([texText(contestant.label), ...seeds, ...values])}[-2pt]`,
      line(["", ...seeds.map(() => ""), ...intervals]),
    ].join("\n");
  });
  const below = [readingOf(contest), ...notes].join(" ");
  return [
    "\\begin{table}[tbp]",
    "  \\centering\\footnotesize\\setlength{\\tabcolsep}{3pt}",
    `  \\caption{${texText(`${titleOf(data)}. ${askedOf(contest)}`)}}`,
    `  \\label{tab:results-${place + 1}}\\vspace{4pt}`,
    "  \\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%",
    `  \\begin{tabular}{@{}l${hasSeeds ? "r" : ""}${"r".repeat(metrics.length)}@{}}`,
    "    \\toprule",
    line(head.map(texText)),
    "    \\midrule",
    body.join("\n    \\addlinespace\n"),
    "    \\bottomrule",
    "  \\end{tabular}}\\par\\smallskip",
    `  \\begin{minipage}{\\linewidth}\\scriptsize ${texText(below)}\\end{minipage}`,
    "\\end{table}",
  ].join("\n");
}

const line = (cells: readonly string[]): string => `    ${cells.join(" & ")} \\\\`;

function valueOf(score: Score, contest: Contest): string {
  const { mean, sd, isBest } = score;
  const value = isBest ? `\\textbf{${digits(mean)}}` : digits(mean);
  const stars = starsOf(score, contest);
  const spread = sd === undefined ? "" : `\\,{\\scriptsize$\\pm$\\,${digits(sd)}}`;
  return `${value}${stars === "" ? "" : `$^{${stars.replaceAll("*", "{*}")}}$`}${spread}`;
}

function intervalOf({ interval: { low, high } }: Score): string {
  return `{\\scriptsize [${digits(low)}, ${digits(high)}]}`;
}

const COMMANDS: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\char36{}",
  "[": "{[}", // a row that begins with one would be an option of the rule above it
  "]": "{]}",
  "&": "\\&",
  "#": "\\#",
  "%": "\\%",
  _: "\\_\\allowbreak{}",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\char34{}",
  "`": "\\`{}",
  "±": "$\\pm$",
  "≤": "$\\le$",
  "–": "--",
  "−": "$-$",
  "…": "\\dots{}",
};

/** Letters that every font of LaTeX has or puts together. */
const LETTERS = /[À-ÏÑ-ÖØ-Ýß-ïñ-öø-ýÿĆćČčĎďĚěŁłŃńŇňŐőŔŕŘřŚśŞşŠšŤťŮůŰűŸŹźŻżŽž]/;

/**
 * Text as LaTeX that says the same and does nothing else. Letters of Latin scripts stay;
 * characters that pdflatex has no letter for stand as their number, since one of them would end
 * the compilation.
 */
export function texText(text: string): string {
  return Array.from(text.normalize("NFC"), (character) => {
    const known = COMMANDS[character];
    if (known !== undefined) return known;
    if (/\s/.test(character)) return " ";
    if (/[ -~]/.test(character) || LETTERS.test(character)) return character;
    const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    return `\\texttt{U+${code}}`;
  }).join("").replace(/([-'])(?=\1)/g, "$1{}"); // two of them are one other character
}
