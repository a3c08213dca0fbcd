/**
 * The open connections, so that they never use up the process's descriptors: where there are too
 * many, the one that has been idle for longest makes room, and where all are busy the new one goes.
 */
import type { Socket } from "node:net";

/** The open connections of a server. */
export interface Connections {
  /** Takes a new connection in, or closes it. */
  admit(socket: Socket): void;
  /** A request of the connection is being answered, from its head to the end of the answer. */
  begin(socket: Socket): void;
  end(socket: Socket): void;
  /** Connections without a request whose head is whole, and with one. */
  idle(): number;
  busy(): number;
  /** Connections closed so far because there were too many. */
  shed(): number;
  /** Ends the idle ones: what was written goes out, and the client is told of the end. */
  closeIdle(): void;
}

/** Milliseconds that a client has to close its side. */
const FAREWELL_MS = 200;

/** At most `most` connections at once. */
export function connectionsOf(most: number): Connections {
  const idle = new Set<Socket>(); // the one that has been idle for longest first
  const busy = new Map<Socket, number>(); // requests under way: a client may send several at once
  let shed = 0;
  const leave = (socket: Socket) => {
    idle.delete(socket);
    busy.delete(socket);
  };
  return {
    admit(socket) {
      if (idle.size + busy.size >= most) {
        shed++;
        const [oldest = socket] = idle;
        leave(oldest);
        oldest.destroy();
        if (oldest === socket) return;
      }
      idle.add(socket);
      socket.once("close", () => leave(socket));
    },
    begin(socket) {
      idle.delete(socket);
      busy.set(socket, (busy.get(socket) ?? 0) + 1);
    },
    end(socket) {
      const requests = (busy.get(socket) ?? 0) - 1;
      if (requests > 0) busy.set(socket, requests);
      else if (busy.delete(socket) && !socket.destroyed) idle.add(socket);
    },
    idle: () => idle.size,
    busy: () => busy.size,
    shed: () => shed,
    closeIdle() {
      for (const socket of idle) {
        socket.end();
        setTimeout(() => socket.destroy(), FAREWELL_MS);
      }
    },
  };
}

/** How many connections may be open, and wait to be taken in. */
export interface Room {
  readonly maxConnections: number;
  readonly backlog: number;
}

/** Descriptors that are left for files: the next run's, while the one before still answers. */
const FILES = 32;
/** Connections that wait at most to be taken in. */
const BACKLOG = 128;

/**
 * Room for `wanted` connections, or for fewer where the system gives the process too few
 * descriptors: a listener that finds none left never takes a connection in again. Connections that
 * wait are taken in all at once, before those that they push out have given theirs back. `file` is
 * one that may be read; it is opened until no descriptor is left, and closed.
 */
export function roomFor(wanted: number, file: string): Room {
  const most = wanted + 2 * BACKLOG + FILES;
  const files: Deno.FsFile[] = [];
  try {
    while (files.length < most) files.push(Deno.openSync(file));
  } catch { // there are no more
  }
  for (const opened of files) opened.close();
  const backlog = Math.max(4, Math.min(BACKLOG, Math.floor(files.length / 8)));
  const left = files.length - 2 * backlog - FILES;
  return { maxConnections: Math.max(1, Math.min(wanted, left)), backlog };
}
