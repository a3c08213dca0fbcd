/** A handler behind a socket, from the first request to the last. */
import { InputError, messageOf } from "../errors/input_error.ts";
import type { Handler } from "./handler.ts";

/** A server that runs. */
export interface Server {
  readonly hostname: string;
  readonly port: number;
  /**
   * Takes no new connection, answers what is in flight, and resolves: true when all was answered, false when `grace` seconds were not
   * enough and the rest was cut off.
   */
  stop(grace: number): Promise<boolean>;
}

/** Listens. @throws InputError when the address is taken or not to be had. */
export async function startServer(handler: Handler, hostname: string, port: number): Promise<Server> {
  const listening = Promise.withResolvers<Deno.NetAddr>(), cutOff = new AbortController();
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({ hostname, port, signal: cutOff.signal, onListen: listening.resolve }, handler.handle);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new InputError({
      doing: `listening on ${hostname}, port ${port}`,
      found: messageOf(error),
      wanted: "a free port of this machine",
      next: "choose another with --host and --port",
    }, { cause: error });
  }
  const address = await listening.promise;
  return {
    hostname: address.hostname,
    port: address.port,
    async stop(grace) {
      handler.stopping();
      const timer = setTimeout(() => cutOff.abort(), 1000 * grace);
      await Promise.race([server.shutdown(), new Promise((resolve) => cutOff.signal.addEventListener("abort", resolve))]);
      clearTimeout(timer);
      return !cutOff.signal.aborted;
    },
  };
}
