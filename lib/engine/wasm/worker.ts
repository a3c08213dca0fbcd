/** The engine's worker: a thread that is sent its messages. */
import { type Answer, type Command, newThread, type Start } from "./messages.ts";

/** A worker's global object, as far as it is used; the project's types are the main thread's. */
declare const self: {
  onmessage: (event: MessageEvent<Start | Command>) => void;
  postMessage(answer: Answer): void;
};

const answer = newThread();
self.onmessage = ({ data }) => self.postMessage(answer(data));
