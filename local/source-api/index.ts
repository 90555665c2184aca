import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { refusal } from "../processes/ownAddress";
import { type ChangedRow, Dataset, type TableName } from "./dataset";
import { delayOf, type Faults, faultOf } from "./faults";

export type { ChangedRow, TableName } from "./dataset";
export type { Faults } from "./faults";

export interface SourceApiOptions {
  /** @default any free one */
  readonly port?: number;
  /** At most so many rows of each table. @default all: 3,376 airports, 5,000 flights */
  readonly rows?: number;
  /** Rows of a page, unless a request asks for fewer. @default 500 */
  readonly pageRows?: number;
}

/** What was asked of the API so far. */
export interface SourceApiCounts {
  readonly requests: number;
  readonly pages: number;
  readonly tokens: number;
  readonly throttled: number;
  readonly failed: number;
  readonly unauthorized: number;
}

export interface SourceApi {
  readonly url: string;
  /** Rows that are in the source now. */
  readonly rowCounts: () => Readonly<Record<TableName, number>>;
  readonly rows: (table: TableName) => readonly ChangedRow[];
  /** What goes wrong from now on; {} for nothing. The count of requests begins anew. */
  readonly setFaults: (faults: Faults) => void;
  /** Lets so many days pass: rows change, go and come back. */
  readonly advance: (days?: number) => void;
  readonly counts: () => SourceApiCounts;
  readonly stop: () => Promise<void>;
}

/** Credentials that the API accepts. */
export const sourceApiSecrets = { clientId: "local-client", clientSecret: "local/client+secret=1" } as const;

/**
 * A REST API with two tables, pages, tokens and a rate limit, over real tables.
 *
 * `POST /oauth/token` {client_id, client_secret} → {access_token, expires_in}; `GET /v1/{airports,flights}?after=&limit=`
 * → {items, next, has_more}, each item with its change number, or {id, change, deleted: true}.
 */
export async function startSourceApi(options: SourceApiOptions = {}): Promise<SourceApi> {
  const { port: wantedPort = 0, rows, pageRows = 500 } = options;
  const dataset = new Dataset(rows);
  const api = new Api(dataset, pageRows);
  const server = createServer((request, response) => {
    const why = refusal(request, port);
    if (why !== undefined) return send(response, 403, { error: why });
    api.handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(wantedPort, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const size = (table: TableName) => dataset.rows(table).length;
  return {
    url: `http://127.0.0.1:${port}`,
    rowCounts: () => ({ airports: size("airports"), flights: size("flights") }),
    rows: (table) => dataset.rows(table),
    setFaults: (faults) => api.setFaults(faults),
    advance: (days) => dataset.advance(days),
    counts: () => ({ ...api.counts }),
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

class Api {
  readonly counts = { requests: 0, pages: 0, tokens: 0, throttled: 0, failed: 0, unauthorized: 0 };
  private readonly tokens = new Map<string, number>();
  private faults: Faults = {};
  private sinceFaults = 0;

  constructor(
    readonly dataset: Dataset,
    readonly pageRows: number,
  ) {}

  setFaults(faults: Faults): void {
    this.faults = faults;
    this.sinceFaults = 0;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.counts.requests += 1;
    const url = new URL(request.url ?? "/", "http://source");
    const body = await text(request);
    if (request.method === "POST" && url.pathname === "/oauth/token") return this.token(body, response);
    const table = /^\/v1\/(airports|flights)$/.exec(url.pathname)?.[1] as TableName | undefined;
    if (request.method !== "GET" || table === undefined) return send(response, 404, { error: "not_found" });
    return this.page(table, url, request, response);
  }

  private token(body: string, response: ServerResponse): void {
    const { client_id, client_secret } = JSON.parse(body) as Record<string, unknown>;
    if (client_id !== sourceApiSecrets.clientId || client_secret !== sourceApiSecrets.clientSecret) {
      this.counts.unauthorized += 1;
      send(response, 401, { error: "invalid_client" });
      return;
    }
    this.counts.tokens += 1;
    const access_token = randomBytes(24).toString("base64url");
    this.tokens.set(access_token, 0);
    send(response, 200, { access_token, token_type: "Bearer", expires_in: 3600 });
  }

  private async page(table: TableName, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
    const uses = this.tokens.get(token);
    if (uses === undefined || uses >= (this.faults.tokenUses ?? Number.POSITIVE_INFINITY)) {
      this.counts.unauthorized += 1;
      return send(response, 401, { error: uses === undefined ? "unknown_token" : "token_expired" });
    }
    this.tokens.set(token, uses + 1);
    this.sinceFaults += 1;
    const fault = faultOf(this.faults, this.sinceFaults);
    const delay = delayOf(this.faults, this.sinceFaults);
    if (delay > 0) await sleep(delay);
    if (fault === "throttle") {
      this.counts.throttled += 1;
      return send(response, 429, { error: "rate_limited" }, { "retry-after": this.retryAfter() });
    }
    if (fault === "fail") {
      this.counts.failed += 1;
      return send(response, 503, { error: "unavailable" });
    }
    if (fault === "cut") {
      this.counts.failed += 1;
      response.destroy();
      return;
    }
    this.sendPage(table, url, response);
  }

  private sendPage(table: TableName, url: URL, response: ServerResponse): void {
    const after = Number(url.searchParams.get("after") ?? 0);
    const limit = Math.min(Number(url.searchParams.get("limit") ?? this.pageRows), this.pageRows);
    if (!Number.isInteger(after) || after < 0 || !Number.isInteger(limit) || limit < 1) {
      send(response, 400, { error: "after and limit are whole numbers" });
      return;
    }
    const found = this.dataset.changes(table, after, limit + 1);
    const items = found.slice(0, limit).map((row) => this.faulty(row));
    const next = found.slice(0, limit).at(-1)?.change ?? after;
    this.counts.pages += 1;
    send(response, 200, { items, next, has_more: found.length > limit });
  }

  private faulty(row: ChangedRow): Record<string, unknown> {
    const { idlessEvery } = this.faults;
    return idlessEvery !== undefined && row.change % idlessEvery === 0 ? { ...row, id: undefined } : row;
  }

  private retryAfter(): string {
    const { retryAfterSeconds = 1, retryAfterDate } = this.faults;
    return retryAfterDate ? new Date(Date.now() + retryAfterSeconds * 1000).toUTCString() : String(retryAfterSeconds);
  }
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
