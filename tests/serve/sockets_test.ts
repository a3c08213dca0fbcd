/** Over plain sockets: what is no request, or comes never or too slowly, or in crowds. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { hostGuard } from "../../lib/serve/guard.ts";
import type { Exchange } from "../../lib/serve/exchange.ts";
import { type Server, type ServerLimits, startServer } from "../../lib/serve/server.ts";
import type { Limits } from "../../lib/serve/served.ts";
import { connect, requestText, statusOf } from "./sockets.ts";
import { serviceOf } from "./service.ts";

const COURSES = JSON.stringify({ courses: ["dance"], top: 1 });

/** A server for one test. */
async function withServer(
  act: (server: Server, exchanges: Exchange[]) => Promise<void>,
  limits: Partial<ServerLimits> = {},
  answers: Partial<Limits> = {},
): Promise<void> {
  const { handler, errors } = serviceOf(undefined, { bodyTimeout: 300, ...answers }, {
    guard: hostGuard("127.0.0.1", []),
  });
  const exchanges: Exchange[] = [];
  const server = await startServer(handler, "127.0.0.1", 0, limits, (one) => exchanges.push(one));
  try {
    await act(server, exchanges);
  } finally {
    await server.stop(2);
    assertEquals(errors, []);
  }
}

/** Sends a text and reads what comes back. */
async function exchangeOf(port: number, text: string, ms?: number) {
  const connection = await connect(port);
  try {
    await connection.send(text);
    return await connection.read(ms);
  } finally {
    connection.close();
  }
}

Deno.test("odd hosts, methods and framings are the client's fault, never the server's", () =>
  withServer(async ({ port }) => {
    const hosts = [
      ["Host: a b"],
      ["Host: [::"],
      ["Host: localhost:99999"],
      ["Host: \u00fc"],
      ["Host: "],
      ["Host: a@localhost"],
      ["Host: localhost/../x"],
      ["Host: localhost", "Host: localhost"],
      [],
    ];
    for (const headers of hosts) {
      const { text } = await exchangeOf(
        port,
        requestText("GET /healthz HTTP/1.1", "", headers),
        800,
      );
      assertEquals(statusOf(text), 400, `${headers}`);
    }
    for (const host of ["rebound.example", "localhost.rebound.example", "192.168.0.1:80"]) {
      const asked = requestText("GET /healthz HTTP/1.1", "", [
        `Host: ${host}`,
        "connection: close",
      ]);
      const { text } = await exchangeOf(port, asked);
      assertEquals(statusOf(text), 421, host);
    }
    const methods = ["toString", "constructor", "hasOwnProperty", "valueOf", "__proto__", "get"];
    for (const method of [...methods, "TRACE", "OPTIONS", "DELETE", "CONNECT"]) {
      for (const path of ["/healthz", "/recommend", "*", "x:80"]) {
        const asked = requestText(`${method} ${path} HTTP/1.1`, "", [
          "Host: localhost",
          "connection: close",
        ]);
        const status = statusOf((await exchangeOf(port, asked, 800)).text);
        assert(status >= 400 && status < 500, `${method} ${path}: ${status}`);
      }
    }
    for (const path of ["//x", "/%zz%00", "/x\u00e9", "http://[::1/", "http://localhost:x/"]) {
      const asked = requestText(`GET ${path} HTTP/1.1`, "", [
        "Host: localhost",
        "connection: close",
      ]);
      const status = statusOf((await exchangeOf(port, asked, 800)).text);
      assert(status >= 400 && status < 500, `${path}: ${status}`);
    }
    const post =
      "POST /recommend HTTP/1.1\r\nHost: localhost\r\ncontent-type: application/json\r\n";
    for (
      const rest of [
        "content-length: 9\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "content-length: 3\r\ncontent-length: 4\r\n\r\nabc",
        "content-length: -1\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\nzz\r\n",
        `x: ${"y".repeat(70_000)}\r\n\r\n`,
        " folded: x\r\n\r\n",
      ]
    ) {
      const status = statusOf((await exchangeOf(port, post + rest)).text);
      assert(status >= 400 && status < 500, `${rest.slice(0, 60)}: ${status}`);
    }
    const { text } = await exchangeOf(port, "\x16\x03\x01 hello\r\n\r\n");
    assertEquals(statusOf(text), 400);
  }));

Deno.test("connections that send nothing, half a request or a slow body are ended", () =>
  withServer(async ({ port, connections }) => {
    const slow = requestText("POST /recommend HTTP/1.1", COURSES).slice(0, -3);
    const cases: [string, string, number][] = [
      ["nothing", "", 408],
      ["half a head", "GET /healthz HTTP/1.1\r\nHost: loc", 408],
      ["a slow body", slow, 408],
      ["one request and then nothing", requestText("GET /healthz HTTP/1.1"), 200],
    ];
    await Promise.all(cases.map(async ([what, text, status]) => {
      const begin = performance.now();
      const answer = await exchangeOf(port, text, 8000);
      assertEquals([answer.isOver, statusOf(answer.text)], [true, status], what);
      assert(performance.now() - begin > 250, `${what} was ended at once`);
    }));
    for (let i = 0; i < 100 && connections.idle() + connections.busy() > 0; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assertEquals([connections.idle(), connections.busy()], [0, 0]);
  }, { headerTimeout: 300, idleTimeout: 300, bodyTimeout: 300 }));

Deno.test("where there are too many connections, the one idle for longest makes room", () =>
  withServer(async ({ port, connections }) => {
    const idle = await Promise.all(Array.from({ length: 30 }, () => connect(port)));
    for (let i = 0; i < 100 && connections.shed() < 22; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assertEquals([connections.idle(), connections.shed()], [8, 22]);
    const text = requestText("POST /recommend HTTP/1.1", COURSES);
    assertEquals(statusOf((await exchangeOf(port, text, 1000)).text), 200);
    const states = await Promise.all(idle.map((connection) => connection.read(500)));
    assertEquals(states.filter(({ isOver }) => !isOver).length, 7, "idle ones that are left");
    for (const connection of idle) connection.close();
  }, { maxConnections: 8 }));

Deno.test("an answer before the request's end is read, and the connection ends with it", () =>
  withServer(async ({ port }) => {
    const large = JSON.stringify({ courses: ["x".repeat(3_000_000)] });
    const { text, isOver } = await exchangeOf(port, requestText("POST /recommend HTTP/1.1", large));
    assertEquals([statusOf(text), isOver], [413, true]);
    assertStringIncludes(text.toLowerCase(), "connection: close");
  }));

Deno.test("a client that ends its side after the request gets its answer", () =>
  withServer(async ({ port }) => {
    const connection = await connect(port);
    await connection.send(requestText("POST /recommend HTTP/1.1", COURSES));
    await connection.endWriting();
    const { text } = await connection.read();
    assertEquals(statusOf(text), 200);
    connection.close();
  }));

Deno.test("several requests at once are answered in order, and each is told of once", () =>
  withServer(async ({ port }, exchanges) => {
    const close = ["Host: localhost", "connection: close"];
    const { text } = await exchangeOf(
      port,
      requestText("POST /recommend HTTP/1.1", COURSES) + requestText("HEAD /models HTTP/1.1") +
        requestText("GET /nothing?x=1 HTTP/1.1", "", close),
    );
    assertEquals([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status), [
      "200",
      "200",
      "404",
    ]);
    assertEquals(
      exchanges.map(({ method, path, status, bytes, isAborted, notes }) => [
        method,
        path,
        status,
        bytes > 0,
        isAborted,
        notes.route,
        notes.model,
        notes.sessions,
      ]),
      [
        ["POST", "/recommend", 200, true, false, "/recommend", "gru_global", 1],
        ["HEAD", "/models", 200, false, false, "/models", undefined, undefined],
        ["GET", "/nothing?x=1", 404, true, false, undefined, undefined, undefined],
      ],
    );
    assert(exchanges.every(({ ms, client }) => ms > 0 && client === "127.0.0.1"));
  }));

Deno.test("a stop under 200 clients: every request sent gets its answer or a 503", async () => {
  const { handler } = serviceOf(async (asks) => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return asks.map(() => [{ course: "dance", score: 0 }]);
  }, { maxPending: 1000, maxBatch: 100 });
  const server = await startServer(handler, "127.0.0.1", 0);
  const text = requestText("POST /recommend HTTP/1.1", COURSES);
  const counts = { 200: 0, 503: 0, lost: 0 };
  const connections = [];
  for (let i = 0; i < 200; i++) connections.push(await connect(server.port));
  const clients = connections.map(async (connection) => {
    while (true) {
      await connection.send(text).catch(() => {});
      let answer = await connection.next();
      while (answer !== "" && !answer.includes("}\n")) answer += await connection.next();
      const status = statusOf(answer);
      if (status === 200) counts[200]++;
      else if (status === 503) {
        assertStringIncludes(answer.toLowerCase(), "connection: close");
        counts[503]++;
        break;
      } else {
        counts.lost++;
        break;
      }
    }
    connection.close();
  });
  while (counts[200] < 1000) await new Promise((resolve) => setTimeout(resolve, 10));
  const [clean] = await Promise.all([server.stop(10), ...clients]);
  assertEquals([clean, counts[503], counts.lost], [true, 200, 0]);
});

Deno.test("a stop ends idle connections soon, and does not wait for half a body", async () => {
  const { handler } = serviceOf(undefined, { bodyTimeout: 10_000 });
  const server = await startServer(handler, "127.0.0.1", 0);
  const [idle, half, slow] = await Promise.all([1, 2, 3].map(() => connect(server.port)));
  await idle.send(requestText("GET /healthz HTTP/1.1"));
  await half.send("GET /healthz HTT");
  await slow.send(requestText("POST /recommend HTTP/1.1", COURSES).slice(0, -5));
  await idle.next();
  const begin = performance.now();
  assertEquals(await server.stop(20), true);
  assert(performance.now() - begin < 5000, "it waited for them");
  assertEquals(statusOf((await slow.read()).text), 503);
  for (const connection of [idle, half, slow]) connection.close();
});
