/**
 * A handler behind a socket, from the first request to the last. It stands on node's HTTP, which
 * ends connections that send nothing or half a request; `Deno.serve` keeps them for ever.
 */
import { createServer, type Server as HttpServer, type ServerResponse } from "node:http";
import { type AddressInfo, Server as NetServer, type Socket } from "node:net";
import { InputError, messageOf } from "../errors/input_error.ts";
import { type Connections, connectionsOf } from "./connections.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { refuseBadRequest } from "./refuse_bad_request.ts";
import type { Handler } from "./served.ts";

/** A server that runs. */
export interface Server {
  readonly hostname: string;
  readonly port: number;
  readonly connections: Connections;
  /**
   * Takes no new connection, answers what is in flight and what still comes on open connections
   * (503), and resolves: true when all is answered, false after `grace` seconds if it is not;
   * ending the process cuts off the rest.
   */
  stop(grace: number): Promise<boolean>;
}

/** How patient a server is, in milliseconds, and with how many. */
export interface ServerLimits {
  /** Until a request's head must be whole, from the connection or the answer before. */
  readonly headerTimeout: number;
  /** Until a request's body must be whole; the handler answers before the connection is ended. */
  readonly bodyTimeout: number;
  /** A connection between two requests, and a client that reads an answer. */
  readonly idleTimeout: number;
  readonly maxConnections: number;
  /** Connections that wait to be taken in; the system turns others away. */
  readonly backlog: number;
}

const LIMITS: ServerLimits = {
  headerTimeout: 10_000,
  bodyTimeout: 10_000,
  idleTimeout: 30_000,
  maxConnections: 512,
  backlog: 128,
};

/** Milliseconds in which a server that stops takes in the connections that wait already. */
const LAST_ONES_MS = 20;
/** Milliseconds in which a client hears by its next request that the server stops. */
const LAME_MS = 1000;

/** Listens. @throws InputError when the address is taken or not to be had. */
export async function startServer(
  handler: Pick<Handler, "handle" | "stopping">,
  hostname: string,
  port: number,
  limits: Partial<ServerLimits> = {},
  observe: (exchange: Exchange) => void = () => {},
): Promise<Server> {
  const { headerTimeout, bodyTimeout, idleTimeout, maxConnections, backlog } = {
    ...LIMITS,
    ...limits,
  };
  const connections = connectionsOf(maxConnections);
  const underWay = new WeakMap<Socket, ServerResponse>();
  const answering = { handle: handler.handle, sendTimeout: idleTimeout };
  const server = createServer({
    headersTimeout: headerTimeout,
    // after the handler's own limit, so that its answer is heard
    requestTimeout: headerTimeout + bodyTimeout + 1000,
    keepAliveTimeout: idleTimeout,
    connectionsCheckingInterval: Math.min(1000, headerTimeout / 2, idleTimeout / 2),
  }, async (request, response) => {
    const { socket } = request;
    connections.begin(socket);
    underWay.set(socket, response);
    observe(await exchange(request, response, answering));
    if (underWay.get(socket) === response) underWay.delete(socket);
    connections.end(socket);
  });
  // a client that ends its side after the request still reads
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on("connection", connections.admit);
  const refuse = (error: Error, socket: unknown) => {
    const isAnswered = underWay.get(socket as Socket)?.headersSent ?? false;
    refuseBadRequest(error, socket as Socket, isAnswered);
  };
  server.on("clientError", refuse);
  // a proxy's method, which node hands over with its socket
  server.on("connect", (_, socket) => refuse(new Error("CONNECT"), socket));
  const plain = hostname.replace(/^\[(.*)\]$/, "$1"); // as it stands in a URL
  const address = await listen(server, { hostname: plain, port, backlog });
  return {
    hostname: address.address,
    port: address.port,
    connections,
    async stop(grace) {
      const end = performance.now() + 1000 * grace;
      const left = () => Math.max(0, end - performance.now());
      // a connection that waits when the listener closes is reset, with what it asked
      await wait(Math.min(LAST_ONES_MS, left()));
      // node ends every connection after its answer, untold, where its server says it does not
      // listen
      Object.defineProperty(server, "listening", { value: true });
      const closed = new Promise<true>((resolve) =>
        // not the HTTP server's own: that resets idle connections with what is on its way
        NetServer.prototype.close.call(server, () => resolve(true))
      );
      handler.stopping();
      const lame = setTimeout(connections.closeIdle, Math.min(LAME_MS, left() / 2));
      const late = Promise.withResolvers<false>();
      const timer = setTimeout(() => late.resolve(false), left());
      const clean = await Promise.race([closed, late.promise]);
      clearTimeout(lame);
      clearTimeout(timer);
      return clean;
    },
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function listen(
  server: HttpServer,
  { hostname, port, backlog }: { hostname: string; port: number; backlog: number },
): Promise<AddressInfo> {
  await checkAllowed(hostname, port);
  const listening = Promise.withResolvers<void>();
  server.once("listening", listening.resolve);
  server.once("error", (error: Error & { readonly code?: string }) =>
    listening.reject(
      new InputError({
        doing: `listening on ${hostname}, port ${port}`,
        ...reasonOf(error),
      }, { cause: error }),
    ));
  server.listen(port, hostname, backlog);
  await listening.promise;
  return server.address() as AddressInfo;
}

/** Node's listening throws where nobody can catch it when Deno does not allow it. */
async function checkAllowed(hostname: string, port: number): Promise<void> {
  const host = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  const fault = {
    doing: `listening on ${hostname}, port ${port}`,
    wanted: "this machine's loopback (127.0.0.1, localhost, ::1) or every network (0.0.0.0, ::)",
  };
  const status = await Deno.permissions.query({ name: "net", host }).catch((cause) => {
    const next = "choose another with --host";
    throw new InputError({ ...fault, found: "it is no address", next }, { cause });
  });
  if (status.state === "granted") return;
  throw new InputError({ ...fault, found: "this program may not" }, {
    cause: new Deno.errors.NotCapable(`Requires net access to "${host}"`),
  });
}

/** Why an address is not to be had, and what to do about it. */
function reasonOf(error: Error & { readonly code?: string }) {
  switch (error.code) {
    case "EADDRINUSE":
      return {
        found: "another program listens there",
        wanted: "a free port",
        next: "choose another with --port; --port 0 takes a free one",
      };
    case "EACCES":
      return {
        found: "the system does not allow it",
        wanted: "a port that this user may take",
        next: "choose one from 1024 on with --port",
      };
    case "ENOTFOUND":
    case "EADDRNOTAVAIL":
    case "EINVAL":
      return {
        found: `${messageOf(error)}: it is no address of this machine`,
        wanted: "127.0.0.1 for this machine alone, 0.0.0.0 for every network, or an address of it",
        next: "choose another with --host",
      };
    default:
      return { found: messageOf(error), wanted: "an address of this machine and a free port" };
  }
}
