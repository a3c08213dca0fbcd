/** A handler behind a socket, from the first request to the last. */
import { InputError, messageOf } from "../errors/input_error.ts";
import type { Handler } from "./handler.ts";

/** A server that runs. */
export interface Server {
  readonly hostname: string;
  readonly port: number;
  /**
   * Takes no new connection, answers what is in flight, and resolves: true when all is answered,
   * false after `grace` seconds if it is not; ending the process cuts off the rest.
   */
  stop(grace: number): Promise<boolean>;
}

/** Listens. @throws InputError when the address is taken or not to be had. */
export async function startServer(
  handler: Handler,
  hostname: string,
  port: number,
): Promise<Server> {
  const listening = Promise.withResolvers<Deno.NetAddr>();
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({ hostname, port, onListen: listening.resolve }, handler.handle);
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
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<false>((resolve) =>
        timer = setTimeout(() => resolve(false), 1000 * grace)
      );
      const clean = await Promise.race([server.shutdown().then(() => true), late]);
      clearTimeout(timer);
      return clean;
    },
  };
}
