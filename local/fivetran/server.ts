import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { refusal } from "../processes/ownAddress";
import { FivetranApi } from "./api";
import { ApiFaults, RateLimit } from "./faults";
import { ApiProblem } from "./problem";
import { type SyncInfo, Syncs } from "./syncs";
import type { ApiFault, Behaviour, ConnectionDefinition, ConnectionState, Delivery, RequestRecord } from "./types";
import { Webhooks } from "./webhooks";

export interface FivetranOptions {
  /** Connections by the id of their group. */
  readonly groups: Readonly<Record<string, readonly ConnectionDefinition[]>>;
  /** @default any free one */
  readonly port?: number;
  /** @default local-key */
  readonly apiKey?: string;
  /** @default local-secret */
  readonly apiSecret?: string;
  /** Milliseconds that a sync takes. @default 300 */
  readonly syncMs?: number;
  /** What a successful sync does. */
  readonly onSync?: (sync: SyncInfo) => Promise<void>;
  /** Requests in so many milliseconds; more are answered 429 with Retry-After. @default no limit */
  readonly rateLimit?: { readonly requests: number; readonly windowMs: number };
  /** The most connections on a page, however many are asked for. @default as many as are asked for */
  readonly pageSize?: number;
  /** Repetitions of webhooks that weren't answered by 2xx. @default 5 attempts, 200 ms, 400 ms, … between them */
  readonly webhookRetry?: { readonly attempts: number; readonly retryMs: number };
}

export interface FivetranServer {
  /** For FIVETRAN_API_URL. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Every request so far. */
  readonly requests: readonly RequestRecord[];
  /** Every webhook event that was delivered or given up. */
  readonly deliveries: readonly Delivery[];
  /** The connections as the API tells them. */
  connections(): ConnectionState[];
  /** Changes how the coming syncs of a connection go. */
  configure(connectionId: string, behaviour: Behaviour): void;
  /** What goes wrong with requests from now on; [] for nothing. */
  setFaults(faults: readonly ApiFault[]): void;
  /** Starts a sync as Fivetran's own schedule would. */
  startSync(connectionId: string): Promise<void>;
  stop(): Promise<void>;
}

/** A Fivetran API on a loopback port: groups, connections, syncs that take a while, and signed webhooks. */
export async function startFivetranApi(options: FivetranOptions): Promise<FivetranServer> {
  const { apiKey = "local-key", apiSecret = "local-secret", syncMs = 300, onSync } = options;
  const webhooks = new Webhooks(options.webhookRetry ?? { attempts: 5, retryMs: 200 });
  const syncs = new Syncs(webhooks, { syncMs, onSync });
  const api = new FivetranApi(options.groups, syncs, webhooks, options.pageSize);
  const faults = new ApiFaults();
  const { requests: most = Number.POSITIVE_INFINITY, windowMs = 1_000 } = options.rateLimit ?? {};
  const limit = new RateLimit(most, windowMs);
  const requests: RequestRecord[] = [];
  const authorization = `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString("base64")}`;

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const why = refusal(request, port);
    if (why !== undefined) {
      response
        .writeHead(403, { "content-type": "application/json" })
        .end(JSON.stringify({ code: "Forbidden", message: why }));
      return;
    }
    const { method = "GET", url: path = "/" } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const record = (status: number) => {
      const body = readable(text);
      requests.push({ method, path, status, accept: request.headers.accept ?? "", body, at: Date.now() });
    };
    const fault = faults.take(`${method} ${path}`);
    if (fault?.delayMs) await sleep(fault.delayMs);
    if (fault?.kind === "reset") {
      record(0);
      request.socket.destroy();
      return;
    }
    if (fault?.kind === "garbage") {
      record(200);
      response.writeHead(200, { "content-type": "text/html" }).end("<html>a proxy's page</html>");
      return;
    }
    const answer = await answerTo(request, fault, text).catch((error: unknown) => {
      if (error instanceof ApiProblem) return error;
      throw error;
    });
    const headers = { "content-type": "application/json", ...(answer instanceof ApiProblem ? answer.headers : {}) };
    const { status = 200, message } = answer;
    record(status);
    const body =
      answer instanceof ApiProblem ? { code: answer.code, message } : { code: "Success", message, data: answer.data };
    response.writeHead(status, headers).end(JSON.stringify(body));
  }

  async function answerTo(request: IncomingMessage, fault: ApiFault | undefined, text: string) {
    if (!same(request.headers.authorization ?? "", authorization)) {
      throw new ApiProblem(401, "AuthFailed", "Invalid API key or secret");
    }
    const wait = fault?.status === undefined ? limit.take(Date.now()) : fault.retryAfterSeconds;
    if (fault?.status !== undefined || wait !== undefined) {
      const status = fault?.status ?? 429;
      const code = status === 429 ? "TooManyRequests" : "ServerError";
      throw new ApiProblem(status, code, "Try again later", wait === undefined ? {} : { "retry-after": String(wait) });
    }
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const body = text === "" ? undefined : parsed(text);
    return api.answer({ method: request.method ?? "GET", path: pathname, query: searchParams, body });
  }

  return {
    url: `http://127.0.0.1:${port}`,
    apiKey,
    apiSecret,
    requests,
    deliveries: webhooks.deliveries,
    connections: () => [...api.connections.values()].map((connection) => connection.state()),
    configure: (id, behaviour) => api.connection(id).configure(behaviour),
    setFaults: (list) => faults.set(list),
    startSync: (id) => syncs.start(api.connection(id)),
    async stop() {
      await syncs.stop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** For the record: a body that isn't JSON as it came. */
function readable(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiProblem(400, "InvalidInput", "the body isn't JSON");
  }
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
