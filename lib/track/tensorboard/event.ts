/**
 * Events as TensorBoard reads them (tensorboard/compat/proto/event.proto, summary.proto and the
 * hparams plugin's), each encoded.
 */
import type { Parameters } from "../tracker.ts";
import { concat, double, float, message, string, whole } from "./protobuf.ts";

/** When, and at which step. */
export interface Moment {
  /** Unix time in seconds. */
  readonly time: number;
  readonly step: number;
}

/** Fields of `Event`. */
const WALL_TIME = 1;
const STEP = 2;
const FILE_VERSION = 3;
const SUMMARY = 5;
const SESSION_LOG = 7;

/** What a file begins with. */
export function versionEvent(time: number): Uint8Array {
  return concat(double(WALL_TIME, time), string(FILE_VERSION, "brain.Event:2"));
}

/** Says that a session begins at a step: what an earlier file says of it and later ones is void. */
export function startEvent(moment: Moment): Uint8Array {
  const START = 1;
  return event(moment, message(SESSION_LOG, whole(1, START)));
}

/** Numbers by their tags; those that are not finite are left out. */
export function scalarsEvent(
  moment: Moment,
  values: Readonly<Record<string, number>>,
): Uint8Array {
  const finite = Object.entries(values).filter(([, value]) => Number.isFinite(value));
  return event(
    moment,
    message(
      SUMMARY,
      ...finite.map(([tag, value]) => message(1, string(1, tag), float(2, value))),
    ),
  );
}

/** A text in Markdown under a tag. */
export function textEvent(moment: Moment, tag: string, text: string): Uint8Array {
  const DT_STRING = 7;
  const shape = message(2, message(2, whole(1, 1)));
  const tensor = message(8, whole(1, DT_STRING), shape, string(8, text));
  return event(moment, message(SUMMARY, message(1, string(1, tag), pluginOf("text"), tensor)));
}

/** The parameters with which a session begins, for the HPARAMS page. */
export function hparamsEvent(moment: Moment, group: string, parameters: Parameters): Uint8Array {
  const entries = Object.entries(parameters).map(([key, value]) =>
    message(1, string(1, key), message(2, valueOf(value)))
  );
  const info = message(3, ...entries, string(4, group), double(5, moment.time));
  return hparams(moment, "_hparams_/session_start_info", info);
}

/** The end of a session, for the HPARAMS page. */
export function hparamsEndEvent(moment: Moment, isSuccess: boolean): Uint8Array {
  const [SUCCESS, FAILURE] = [1, 2];
  const info = message(4, whole(1, isSuccess ? SUCCESS : FAILURE), double(2, moment.time));
  return hparams(moment, "_hparams_/session_end_info", info);
}

function hparams(moment: Moment, tag: string, info: Uint8Array): Uint8Array {
  const DT_FLOAT = 1;
  const nothing = message(8, whole(1, DT_FLOAT), message(2, message(2, whole(1, 0))));
  return event(
    moment,
    message(SUMMARY, message(1, string(1, tag), pluginOf("hparams", info), nothing)),
  );
}

function event({ time, step }: Moment, what: Uint8Array): Uint8Array {
  return concat(double(WALL_TIME, time), whole(STEP, step), what);
}

/** A summary's metadata: which page of TensorBoard shows it. */
function pluginOf(name: string, content?: Uint8Array): Uint8Array {
  const parts = content === undefined ? [] : [message(2, content)];
  return message(9, message(1, string(1, name), ...parts));
}

/** A `google.protobuf.Value`. */
function valueOf(value: string | number | boolean): Uint8Array {
  if (typeof value === "number") return double(2, value);
  return typeof value === "string" ? string(3, value) : whole(4, Number(value));
}
