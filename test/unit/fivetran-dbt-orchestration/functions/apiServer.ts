import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FivetranClient, type FivetranClientOptions } from "../../../../functions/shared/fivetran/client";

export const CREDENTIALS = { apiKey: "key-of-the-test", apiSecret: "secret-of-the-test" };

/** A request as the server got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

/** What to answer; `hang`: nothing, `drop`: the connection is closed. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly hang?: true;
  readonly drop?: true;
}

export interface ApiServer {
  readonly url: string;
  readonly received: Received[];
  /** What a client does that talks to this server; its waits are written down, not waited. */
  client(options?: Partial<FivetranClientOptions>): { readonly client: FivetranClient; readonly waits: number[] };
  close(): Promise<void>;
}

/** A real HTTP server that answers as told. */
export async function apiServer(answer: (request: Received, count: number) => Answer): Promise<ApiServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void receive(request).then((each) => {
      received.push(each);
      respond(response, answer(each, received.length));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    received,
    client: (options = {}) => {
      const waits: number[] = [];
      const client = new FivetranClient({
        url,
        credentials: async () => CREDENTIALS,
        sleep: async (ms) => {
          waits.push(ms);
        },
        random: () => 0.5,
        ...options,
      });
      return { client, waits };
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const url = new URL(request.url ?? "/", "http://server");
  return {
    method: request.method ?? "",
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}

function respond(response: ServerResponse, { status = 200, headers = {}, json, text, hang, drop }: Answer): void {
  if (hang) return;
  if (drop) {
    response.destroy();
    return;
  }
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text ?? JSON.stringify(json ?? { code: "Success", data: {} }));
}
