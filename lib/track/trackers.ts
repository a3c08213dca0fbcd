/** `--track`: the texts that name trackers, and the trackers themselves. */
import { flagAllowance } from "../errors/allowance.ts";
import { InputError, show } from "../errors/input_error.ts";
import { list, type Setting } from "../settings/settings.ts";
import { mlflowTracker } from "./mlflow/tracker.ts";
import { tensorboardTracker } from "./tensorboard/tracker.ts";
import { forgiving, together, type TrackedRun, type Tracker } from "./tracker.ts";

const FORMS = "mlflow=http://host:port or tensorboard";

/** A tracker that is asked for. */
type Asked =
  | { readonly kind: "tensorboard"; readonly folder: string }
  | { readonly kind: "mlflow"; readonly url: string; readonly host: string; experiment: string };

/** The setting of every program that trains. */
export const TRACK: Setting<readonly string[]> = trackSetting();

function trackSetting(): Setting<readonly string[]> {
  const setting = list<string>(
    "to,…",
    "also send parameters, losses and metrics to mlflow=URL, an MLflow server, or write them as " +
      "event files that TensorBoard reads: tensorboard",
    [],
  );
  return {
    ...setting,
    parse: (value, name) => {
      const texts = setting.parse(value, name);
      texts.forEach((text) => askedBy(text, name));
      return texts;
    },
  };
}

/**
 * What a text of `--track` asks for: `mlflow=http://host:5000`, with `#name` for an experiment,
 * `tensorboard`, or `tensorboard=folder` for another folder in the run's. @throws InputError.
 */
function askedBy(text: string, name = "track"): Asked {
  const [kind, ...rest] = text.split("=");
  const value = rest.join("=");
  if (kind === "tensorboard") {
    const folder = value === "" ? "tensorboard" : value;
    if (/^[\w-][\w.-]*$/.test(folder) && !TAKEN.includes(folder)) return { kind, folder };
    throw new InputError({
      doing: `reading --${name}`,
      found: `the folder ${show(value)}`,
      wanted: "a new folder's name, which is made in the run's folder",
    });
  }
  if (kind !== "mlflow") {
    throw new InputError({ doing: `reading --${name}`, found: `${show(text)}`, wanted: FORMS });
  }
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "") {
    throw new InputError({
      doing: `reading --${name}`,
      found: `the address ${show(value)}`,
      wanted:
        "one such as http://127.0.0.1:5000, or with an experiment: http://127.0.0.1:5000#mine",
    });
  }
  if (url.username !== "" || url.password !== "") {
    throw new InputError({
      doing: `reading --${name}`,
      found: "a user's name or password in the address, which the run's config.json would keep",
      next:
        "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, " +
        "and let the program read them: put " +
        `${
          flagAllowance("--allow-env=MLFLOW_TRACKING_USERNAME,MLFLOW_TRACKING_PASSWORD")
        } before ` +
        "the command",
    });
  }
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return {
    kind,
    url: `${url.origin}${url.pathname}`.replace(/\/+$/, ""),
    host: `${url.hostname}:${port}`,
    experiment: value.split("#").slice(1).join("#") || "baselines",
  };
}

/** Folders that a run's folder has. */
const TAKEN: readonly string[] = ["models", "checkpoints"];

/**
 * Checks before a run begins that its trackers may do what they do. @throws InputError for a server
 * that this program may not speak to: it may speak to none unless the user allows that one.
 */
export function checkTrackers(texts: readonly string[]): void {
  for (const text of texts) {
    const asked = askedBy(text);
    if (asked.kind !== "mlflow" || isGranted({ name: "net", host: asked.host })) continue;
    throw new InputError({
      doing: "reading --track",
      found: `this program may not speak to ${asked.host}`,
      wanted: "leave to use the network, for that host alone",
      next: `put ${flagAllowance(`--allow-net=${asked.host}`)} before the command`,
    });
  }
}

/** The trackers as one, none of which can fail the run. */
export function openTrackers(
  texts: readonly string[],
  run: TrackedRun,
  warn: (text: string) => void,
): Tracker {
  return together(texts.map((text) => {
    const asked = askedBy(text);
    const tracker = asked.kind === "tensorboard"
      ? tensorboardTracker(run, asked.folder)
      : mlflowTracker(run, { ...asked, authorization: authorization() }, warn);
    return forgiving(asked.kind, tracker, warn);
  }));
}

/** What proves the user, from the variables of MLflow's own clients where they may be read. */
function authorization(): string | undefined {
  const variable = (name: string) =>
    isGranted({ name: "env", variable: name }) ? Deno.env.get(name) : undefined;
  const token = variable("MLFLOW_TRACKING_TOKEN");
  if (token !== undefined) return `Bearer ${token}`;
  const user = variable("MLFLOW_TRACKING_USERNAME");
  const password = variable("MLFLOW_TRACKING_PASSWORD");
  if (user === undefined || password === undefined) return undefined;
  return `Basic ${new TextEncoder().encode(`${user}:${password}`).toBase64()}`;
}

function isGranted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}
