/** Many runs and data sets on one self-contained page. */
import { counted, noun } from "../../errors/counted.ts";
import type { RankMetric } from "../../metrics/metrics.ts";
import { bars } from "../drawings.ts";
import { type Html, markup, name, type Piece } from "../html.ts";
import { count, interval, MEASURE_TITLES, metric, probability, sentenceList } from "../numbers.ts";
import { page, warnings } from "../page.ts";
import { looksOf } from "../palette.ts";
import { breakable, figure, scrolling, table } from "../parts.ts";
import { rendered } from "../section.ts";
import { timeText } from "../exports/cells.ts";
import { type Across, acrossOf } from "./across.ts";
import type { Contest, Row, Score } from "./contest.ts";
import { criticalDifferenceDiagram } from "./critical_difference.ts";
import { titleOf } from "./evidence.ts";
import { filterBar, filterStyle, ofMetric, ofSet } from "./filters.ts";

/** What the page is made of. */
export interface Leaderboard {
  readonly contests: readonly Contest[];
  /** Runs that show nothing, and why. */
  readonly leftOut: readonly { readonly run: string; readonly why: string }[];
}

/** The page's HTML. */
export function renderLeaderboard({ contests, leftOut }: Leaderboard): string {
  const [{ metrics }] = contests;
  const titles = shownTitles(contests);
  const choices = { metrics, sets: titles };
  const models = [
    ...new Set(contests.flatMap(({ rows }) => rows.map(({ contestant }) => contestant.label))),
  ].sort();
  const runs = new Set(
    contests.flatMap(({ rows }) =>
      rows.flatMap(({ contestant }) => contestant.trainings.map(({ run }) => run))
    ),
  );
  const looks = looksOf(models);
  const synthetic = contests.filter(({ data }) => data.synthetic);
  const sections = contests.map((contest, set) => setSection(contest, set, titles[set], looks));
  return page({
    title: "Leaderboard",
    heading: "Leaderboard",
    lead: markup`Next-course recommendation to learners who are in no training data: means over \
seeds, with 95 % intervals over users and seeds together.`,
    facts: [
      [count(models.length), noun(models.length, "model")],
      [count(contests.length), noun(contests.length, "data set")],
      [count(runs.size), noun(runs.size, "run")],
    ],
    links: [],
    style: filterStyle(choices),
    body: [
      synthetic.length > 0 && syntheticAlarm(synthetic, contests.length),
      warnings(leftOut.map(({ run, why }) => markup`Left out: ${name(run)}: ${why}.`)),
      filterBar(choices),
      contests.length > 1 && acrossSection(contests, titles),
      markup`<div class="sets">${sections}</div>`,
      markup`<p class="remark">Seeds of one model with the same settings on the same files are one \
row; data of other files, K or Q are never mixed. ★: the best of its column within noise, after \
Holm’s adjustment over all pairs and metrics of the data set. Small: 95 % intervals.</p>`,
    ],
  });
}

/** Names of data sets; those that several have with their K and Q and the hash of their files. */
function shownTitles(contests: readonly Contest[]): string[] {
  const names = contests.map(({ data }) => data.name);
  return contests.map(({ data }) =>
    names.filter((other) => other === data.name).length === 1
      ? data.name
      : `${titleOf(data)} ${data.fingerprint.slice(0, 8)}`
  );
}

function syntheticAlarm(synthetic: readonly Contest[], all: number): Html {
  const which = synthetic.length === all
    ? "All of these data are synthetic"
    : markup`Synthetic are ${name(sentenceList(synthetic.map(({ data }) => data.name)))}`;
  return markup`<div class="alarm" role="note"><strong>SYNTHETIC DATA</strong><p>${which}: \
their numbers say nothing about real learners.</p></div>`;
}

/** Every model on every data set, and how they rank. */
function acrossSection(contests: readonly Contest[], titles: readonly string[]): Html {
  const [{ metrics }] = contests;
  return markup`<div class="${ofSet("all")}">${
    rendered({
      id: "across",
      title: "Across data sets",
      body: metrics.map((key, i) => {
        const across = acrossOf(contests, key);
        return markup`<div class="${ofMetric(i)}">${matrix(contests, titles, across)}${
          diagram(across, contests.length)
        }</div>`;
      }),
    })
  }</div>`;
}

function matrix(contests: readonly Contest[], titles: readonly string[], across: Across): Html {
  const { models, ranking, metric: key, leftOut } = across;
  const head = [
    markup`<th scope="col">${MEASURE_TITLES[key]}</th>`,
    ranking && markup`<th scope="col" class="number">Mean rank</th>`,
    titles.map((title) => markup`<th scope="col" class="number">${breakable(title)}</th>`),
  ];
  const rows = [...models, ...leftOut].map((label, i) =>
    markup`<tr><th scope="row">${breakable(label)}</th>${
      ranking &&
      markup`<td class="number"><span class="value">${
        ranking.meanRanks[i]?.toFixed(2) ?? "–"
      }</span></td>`
    }${
      contests.map(({ rows }) =>
        scoreCell(rows.find(({ contestant }) => contestant.label === label)?.scores[key])
      )
    }</tr>`
  );
  return markup`<div class="summary card">${
    scrolling(
      markup`<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`,
      titles.length + (ranking === undefined ? 1 : 2),
      `${MEASURE_TITLES[key]} on every data set`,
    )
  }</div>`;
}

/** The diagram where there are data sets enough, and otherwise why there is none. */
function diagram(
  { metric: key, models, ranking, hasVerdict, leftOut }: Across,
  sets: number,
): Html {
  const unranked = leftOut.length > 0 &&
    markup` Not ranked, since some data set lacks them: ${name(sentenceList(leftOut))}.`;
  if (ranking === undefined || !hasVerdict) {
    return markup`<p class="remark">Mean rank: over the data sets, 1 is the best. ${
      counted(sets, "data set is", "data sets are")
    } too few to tell models apart by their ranks; five would do.${unranked}</p>`;
  }
  const id = `ranks-${key.replace("@", "-at-")}`;
  const differ = ranking.p <= 0.05
    ? "the models rank differently"
    : "it is not shown that the models rank differently at all, and the lines mean nothing";
  const p = `p ${ranking.p < 0.001 ? "" : "= "}${probability(ranking.p)}`;
  const remark = "Thick lines join models that are not told apart (Nemenyi, 0.05). Friedman’s " +
    `test over ${counted(sets, "data set")}: ${p}, ${differ}.`;
  const numbers = table({
    head: ["Model", "Mean rank", "Ranks"],
    rows: models.map((label, i) => [
      name(label),
      ranking.meanRanks[i].toFixed(2),
      ranking.ranks.map((ranks) => String(ranks[i])).join(", "),
    ]),
  });
  return markup`<figure id="${id}"><figcaption>Mean ranks by ${MEASURE_TITLES[key]} and their \
critical difference</figcaption>${
    criticalDifferenceDiagram(id, models, ranking)
  }<p class="remark">${remark}${unranked}</p><details><summary>Numbers</summary>${numbers}\
</details></figure>`;
}

function scoreCell(score: Score | undefined): Html {
  if (score === undefined) return markup`<td class="number">–</td>`;
  const { mean, sd, interval: { low, high }, isBest } = score;
  return markup`<td class="${isBest ? "number best" : "number"}"><span class="value">${
    metric(mean)
  }${isBest && markup`<span class="star"> ★</span>`}</span>${
    sd !== undefined && markup`<small>± ${metric(sd)}</small>`
  }<small>${metric(low)}–<wbr>${metric(high)}</small></td>`;
}

/** One data set: a chart of the chosen metric, and the table of all. */
function setSection(
  contest: Contest,
  set: number,
  title: string,
  looks: ReturnType<typeof looksOf>,
): Html {
  const { data, metrics, users, tooFew, notes } = contest;
  const remarks: Piece[] = [
    `${counted(data.courses, "course")}; K=${data.k}, Q=${data.q}: ${
      counted(data.labels.length, "query")
    } in ${counted(data.episodes, "test episode")} of ${counted(users, "user")}.`,
    tooFew !== undefined && ` Nothing is marked as best: ${tooFew}.`,
    notes.map((note) => ` ${note}`),
    markup` Files: <code>${data.fingerprint.slice(0, 12)}</code>.`,
  ];
  return markup`<div class="${ofSet(set)}">${
    rendered({
      id: `set-${set + 1}`,
      title: title,
      body: [
        metrics.map((key, i) =>
          markup`<div class="${ofMetric(i)}">${
            scoreFigure(contest, key, `set-${set + 1}`, looks)
          }</div>`
        ),
        markup`<div class="detail">${setTable(contest)}</div>`,
        markup`<p class="remark">${remarks}</p>`,
      ],
    })
  }</div>`;
}

function scoreFigure(
  { rows, data, tooFew }: Contest,
  key: RankMetric,
  id: string,
  looks: ReturnType<typeof looksOf>,
): Html {
  const sorted = rows.toSorted((a, b) => b.scores[key].mean - a.scores[key].mean);
  const label = ({ scores }: Row) => {
    const { mean, sd, isBest } = scores[key];
    const spread = sd === undefined ? "" : ` ± ${metric(sd)}`;
    return `${metric(mean)}${spread}${isBest ? " ★" : ""}`;
  };
  return figure({
    chart: {
      id: `${id}-${key.replace("@", "-at-")}`,
      title: `${MEASURE_TITLES[key]} on ${data.name}`,
      description: `Means over seeds with 95 % intervals, best first: ${
        sorted.map((row) =>
          `${row.contestant.label} ${label(row)} (${interval(row.scores[key].interval)})`
        ).join("; ")
      }.`,
      ...bars(
        sorted.map((row) => ({
          name: row.contestant.label,
          value: row.scores[key].mean,
          label: label(row),
          colour: looks[row.contestant.label].colour,
          interval: row.scores[key].interval,
        })),
        { format: (x) => String(Number(x.toFixed(4))), limit: 1 },
      ),
    },
    numbers: {
      head: ["Model", MEASURE_TITLES[key], "sd", "95 % interval", "p, Holm", "Seeds"],
      rows: sorted.map(({ contestant, scores }) => {
        const { mean, sd, interval: ends, pHolm } = scores[key];
        return [
          name(contestant.label),
          metric(mean),
          sd === undefined ? "–" : metric(sd),
          interval(ends),
          pHolm === undefined || tooFew !== undefined ? "–" : probability(pHolm),
          contestant.trainings.map(({ seed }) => seed).join(", "),
        ];
      }),
    },
  });
}

function setTable({ rows, metrics }: Contest): Html {
  const head = [
    markup`<th scope="col">Model</th><th scope="col" class="number">Seeds</th>`,
    metrics.map((key) =>
      markup`<th scope="col" class="number">${breakable(MEASURE_TITLES[key])}</th>`
    ),
    markup`<th scope="col" class="number">Fit</th>`,
  ];
  const body = rows.map(({ contestant, scores, fitSeconds }) =>
    markup`<tr><th scope="row">${breakable(contestant.label)} <span class="tag">${
      name(contestant.family)
    }</span></th><td class="number">${contestant.trainings.length}</td>${
      metrics.map((key) => scoreCell(scores[key]))
    }<td class="number">${timeText(fitSeconds) || "–"}</td></tr>`
  );
  return markup`<div class="summary card">${
    scrolling(
      markup`<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`,
      metrics.length + 3,
      "Every metric",
    )
  }</div>`;
}
