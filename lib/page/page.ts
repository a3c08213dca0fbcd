/// <reference lib="dom" />
/** What a person sees of the page. All work is the worker's. */
import { counted } from "../errors/counted.ts";
import { askedRun } from "./asked_run.ts";
import { type Given, givenOf, sourcesOf } from "./given_files.ts";
import { loadDatabase } from "./database.ts";
import { element, saveFile } from "./elements.ts";
import { fitReport } from "./report_frame.ts";
import { limitsOf } from "./limits.ts";
import type { Abilities, Ask, Tell } from "./messages.ts";
import { modelFields, settingFields } from "./fields.ts";

/** The programs that the page starts, as texts: from disk a browser lets no worker read a file. */
declare const PROGRAMS: { readonly worker: string; readonly thread: string };

const form = element("form", HTMLFormElement);
const runButton = element("run", HTMLButtonElement);
const stopButton = element("stop", HTMLButtonElement);
const goOnButton = element("go-on", HTMLButtonElement);
const demoButton = element("demo", HTMLButtonElement);
const status = element("status", HTMLElement);
const fault = element("fault", HTMLElement);
const bars = element("bars", HTMLElement);
const bar = element("bar", HTMLProgressElement);
const barNote = element("bar-note", HTMLElement);
const log = element("log", HTMLElement);
const drop = element("drop", HTMLElement);
const folderInput = element("folder", HTMLInputElement);
const logInput = element("log-file", HTMLInputElement);
const columns = element("columns", HTMLFormElement);
const dataZip = element("data-zip", HTMLButtonElement);
const report = element("report", HTMLIFrameElement);
const dataName = element("data-name", HTMLElement);
const dataNote = element("data-note", HTMLElement);

const DEMO = { name: dataName.textContent!, note: dataNote.innerHTML };

/** The data of the next run: a folder, prepared or of logs; none: the demo. */
let data: { readonly kind: Given["kind"]; readonly folder: string } | undefined;
let kind: Given["kind"] = "folder";
let database: Promise<void> | undefined;
let running = false;
let begun = 0;

const worker = new Worker(
  URL.createObjectURL(new Blob([PROGRAMS.worker], { type: "text/javascript" })),
);
const ask = (message: Ask) => worker.postMessage(message);
worker.onerror = ({ message }) => {
  failed(`the page’s worker failed (${message}): load the page again`);
  runButton.disabled = true;
};
worker.onmessage = ({ data }: MessageEvent<Tell>) => hear(data);
ask({ kind: "begin", thread: PROGRAMS.thread, shares: globalThis.crossOriginIsolated });

function hear(tell: Tell): void {
  switch (tell.kind) {
    case "ready":
      return ready(tell);
    case "given":
      data = { kind, folder: tell.folder };
      return idle("Ready.");
    case "line":
      return say(tell.text);
    case "warn":
      return say(`!! ${tell.text}`);
    case "stage":
      status.textContent = tell.text;
      bars.hidden = true;
      return say(`== ${tell.text}`);
    case "progress":
      bars.hidden = false;
      bar.max = tell.total;
      bar.value = tell.done;
      barNote.textContent = `${tell.title}: ${Math.round(tell.done)} of ${tell.total} ${tell.note}`;
      return;
    case "finished":
      return finished(tell.tag, tell.report);
    case "stopped":
      return stopped(tell.tag);
    case "failed":
      return failed(tell.message, tell.goesOn);
    case "zip":
      return saveFile(tell.name, tell.bytes, "application/zip");
  }
}

function ready(abilities: Abilities): void {
  const { models, settings, columns: log, more, device, version } = abilities;
  modelFields(element("models", HTMLElement), models);
  settingFields(element("settings-grid", HTMLElement), settings);
  settingFields(element("columns-grid", HTMLElement), log);
  settingFields(element("more-grid", HTMLElement), more);
  const facts = [[device, "computes neural networks"], [`${models.length}`, "models"], [
    version,
    "version",
  ]];
  element("facts", HTMLElement).replaceChildren(...facts.map(([value, what]) => {
    const [item, bold, span] = ["li", "b", "span"].map((tag) => document.createElement(tag));
    bold.textContent = value;
    span.textContent = what;
    item.append(bold, span);
    return item;
  }));
  const place = {
    ...abilities,
    disk: location.protocol === "file:",
    isolated: globalThis.crossOriginIsolated,
  };
  element("limits", HTMLElement).replaceChildren(
    ...limitsOf(place).map((limit) => {
      const item = document.createElement("li");
      item.textContent = limit;
      return item;
    }),
  );
  idle("Ready.");
}

function idle(said: string): void {
  running = false;
  status.textContent = said;
  bars.hidden = true;
  stopButton.hidden = true;
  runButton.hidden = false;
  runButton.disabled = false;
}

function busy(said: string): void {
  running = true;
  begun = performance.now();
  status.textContent = said;
  fault.textContent = "";
  runButton.hidden = true;
  goOnButton.hidden = true;
  stopButton.hidden = false;
  stopButton.disabled = false;
  stopButton.focus();
}

function failed(message: string, goesOn = false): void {
  idle("It did not work:");
  fault.textContent = message;
  if (goesOn) goOnButton.hidden = false;
}

function stopped(tag: string | undefined): void {
  if (tag === undefined) {
    idle("Stopped while the log was prepared: nothing of it is kept. Run begins again.");
    return runButton.focus();
  }
  idle("Stopped: what is fitted is kept.");
  goOnButton.hidden = false;
  goOnButton.focus();
}

function finished(tag: string, markup: string): void {
  idle(`Run ${tag} finished in ${((performance.now() - begun) / 1000).toFixed(1)} s.`);
  goOnButton.hidden = true;
  element("result", HTMLElement).hidden = false;
  dataZip.hidden = data?.kind !== "log";
  fitReport(report, markup);
  element("page", HTMLButtonElement).onclick = () =>
    saveFile(`${tag}.html`, new TextEncoder().encode(markup), "text/html");
  runButton.focus();
}

function say(text: string): void {
  element("log-box", HTMLElement).hidden = false;
  log.textContent += `${text}\n`;
  log.scrollTop = log.scrollHeight;
}

/** Asks for the run that the fields say, and says the lines that would do the same. */
function start(fields: FormData): void {
  const { flags, prepare, lines } = askedRun(fields, new FormData(columns), data);
  say(`${lines.join("\n")}\n`);
  ask({ kind: "run", flags, prepare });
}

form.onsubmit = (event) => {
  event.preventDefault();
  busy("Starting …");
  log.textContent = "";
  start(new FormData(form));
};
stopButton.onclick = () => {
  stopButton.disabled = true;
  status.textContent = "Finishing the step and saving …";
  ask({ kind: "stop" });
};
goOnButton.onclick = () => {
  busy("Going on …");
  ask({ kind: "goOn" });
};
element("zip", HTMLButtonElement).onclick = () => ask({ kind: "zip", what: "run" });
dataZip.onclick = () => ask({ kind: "zip", what: "data" });
demoButton.onclick = () => {
  data = undefined;
  dataName.textContent = DEMO.name;
  dataNote.innerHTML = DEMO.note;
  demoButton.hidden = true;
  columns.hidden = true;
  runButton.focus();
};

async function take(reading: Promise<Given>): Promise<void> {
  if (running) return;
  fault.textContent = "";
  runButton.disabled = true;
  status.textContent = "Reading …";
  try {
    const given = await reading;
    const { name, files } = given;
    const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
    dataName.textContent = name;
    const size = bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
    dataNote.textContent = `${counted(files.length, "file")}, ${size}, read into this tab.`;
    demoButton.hidden = false;
    kind = given.kind;
    columns.hidden = kind !== "log";
    if (kind === "log") await (database ??= giveDatabase());
    ask({ kind: "give", name: kind === "log" ? "log" : name, files });
  } catch (error) {
    failed(error instanceof Error ? error.message : String(error));
  }
}

async function giveDatabase(): Promise<void> {
  ask({ kind: "database", ...await loadDatabase() });
}

for (const input of [folderInput, logInput]) {
  input.onchange = () => taken(input);
}

function taken(input: HTMLInputElement): void {
  const files = [...input.files ?? []];
  input.value = "";
  if (files.length > 0) {
    take(givenOf(files.map((file) => ({ path: file.webkitRelativePath || file.name, file }))));
  }
}
document.ondragover = (event) => {
  event.preventDefault();
  drop.classList.add("over");
};
document.ondragleave = () => drop.classList.remove("over");
document.ondrop = (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  if (event.dataTransfer !== null) take(givenOf(sourcesOf(event.dataTransfer)));
};
globalThis.onbeforeunload = () => running ? false : undefined;
