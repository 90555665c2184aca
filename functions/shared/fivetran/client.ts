import { FivetranApiError } from "./errors";
import { FivetranHttp, type FivetranHttpOptions } from "./http";
import type { Connection, Webhook, WebhookSettings, WebhookTest } from "./types";

export interface FivetranClientOptions extends FivetranHttpOptions {
  /** Items a page, 1 to 1000. @default 100 */
  readonly pageSize?: number;
}

const PLAIN = "application/json";

/**
 * The part of the Fivetran REST API that orchestration needs. https://fivetran.com/docs/rest-api/api-reference
 * Every method throws FivetranThrottled, FivetranNotFound, FivetranUnauthorized or FivetranApiError.
 */
export class FivetranClient {
  private readonly http: FivetranHttp;
  private readonly pageSize: number;

  constructor(options: FivetranClientOptions) {
    this.http = new FivetranHttp(options);
    this.pageSize = options.pageSize ?? 100;
  }

  /** Every connection of a group, page by page. */
  listConnections(groupId: string): AsyncGenerator<Connection> {
    return this.pages<Connection>(`/v1/groups/${encodeURIComponent(groupId)}/connections`);
  }

  async getConnection(id: string): Promise<Connection> {
    return this.data<Connection>({ method: "GET", path: connectionPath(id) });
  }

  /**
   * Starts a sync.
   * @param force also stops one at work and starts it anew. @default false, then one at work goes on
   */
  async syncConnection(id: string, force = false): Promise<void> {
    await this.http.send({ method: "POST", path: `${connectionPath(id)}/sync`, body: { force } });
  }

  /** Changes a connection's settings, without Fivetran's set-up tests (they count against a limit of their own). */
  async modifyConnection(
    id: string,
    change: { readonly paused?: boolean; readonly schedule_type?: "auto" | "manual" },
  ): Promise<void> {
    await this.http.send({ method: "PATCH", path: connectionPath(id), body: { ...change, run_setup_tests: false } });
  }

  listWebhooks(): AsyncGenerator<Webhook> {
    return this.pages<Webhook>("/v1/webhooks", PLAIN);
  }

  /** @param groupId undefined: for the whole account */
  async createWebhook(groupId: string | undefined, body: WebhookSettings): Promise<Webhook> {
    const path = groupId === undefined ? "/v1/webhooks/account" : `/v1/webhooks/group/${encodeURIComponent(groupId)}`;
    return this.data<Webhook>({ method: "POST", path, body, accept: PLAIN });
  }

  async updateWebhook(id: string, body: WebhookSettings): Promise<Webhook> {
    return this.data<Webhook>({ method: "PATCH", path: `/v1/webhooks/${encodeURIComponent(id)}`, body, accept: PLAIN });
  }

  async deleteWebhook(id: string): Promise<void> {
    await this.http.send({ method: "DELETE", path: `/v1/webhooks/${encodeURIComponent(id)}`, accept: PLAIN });
  }

  /** Has Fivetran send a test event to the webhook's address. */
  async testWebhook(id: string, event: string): Promise<WebhookTest> {
    const path = `/v1/webhooks/${encodeURIComponent(id)}/test`;
    return this.data<WebhookTest>({ method: "POST", path, body: { event }, accept: PLAIN });
  }

  private async *pages<T>(path: string, accept?: string): AsyncGenerator<T> {
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ limit: String(this.pageSize), ...(cursor === undefined ? {} : { cursor }) });
      const page = await this.data<Page<T>>({ method: "GET", path: `${path}?${query}`, accept });
      if (!Array.isArray(page.items)) throw unexpected(path, "data.items isn't a list");
      yield* page.items;
      cursor = page.next_cursor || undefined;
      // Otherwise a server that repeats itself keeps the function going until its time is up.
      if (cursor !== undefined && seen.has(cursor)) throw unexpected(path, "the same page was named twice");
      if (cursor !== undefined) seen.add(cursor);
    } while (cursor !== undefined);
  }

  private async data<T>(request: Parameters<FivetranHttp["send"]>[0]): Promise<T> {
    const answer = (await this.http.send(request)) as { readonly data?: unknown } | null;
    if (typeof answer?.data !== "object" || answer.data === null) throw unexpected(request.path, "there is no data");
    return answer.data as T;
  }
}

interface Page<T> {
  readonly items?: readonly T[];
  readonly next_cursor?: string | null;
}

function connectionPath(id: string): string {
  return `/v1/connections/${encodeURIComponent(id)}`;
}

function unexpected(path: string, problem: string): FivetranApiError {
  return new FivetranApiError(
    `Fivetran: ${path}: an answer of another form than documented: ${problem}. Check the API's address.`,
  );
}
