import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectorContext } from "..";
import { isWorthAnotherTry, retryAfterMs, SourceAnswerError } from "./sourceErrors";

/** Most tries of one request, but for those that wait because the source said when to come back. */
const TRIES = 6;
const REQUEST_MS = 20_000;

/** One page of a table, as the source gives it. */
export interface SourcePage {
  readonly items: readonly SourceItem[];
  /** Change number to go on after. */
  readonly next: number;
  readonly has_more: boolean;
}

export interface SourceItem {
  readonly deleted?: boolean;
  readonly [column: string]: unknown;
}

/** How the client waits; tests wait less. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

/** Speaks with the source: signs in, signs in again when a token has expired, keeps to its rate limit. */
export class SourceClient {
  private token: Promise<string> | undefined;

  constructor(
    readonly url: string,
    readonly credentials: { readonly clientId: string; readonly clientSecret: string },
    readonly context: Pick<ConnectorContext, "signal" | "log" | "hide">,
    readonly waitFor: Wait = wait,
  ) {}

  /** @throws SourceAnswerError when the source fails for good or refuses */
  async page(table: string, query: Readonly<Record<string, string>>): Promise<SourcePage> {
    const url = new URL(`/v1/${table}?${new URLSearchParams(query)}`, this.url);
    const page = (await this.withRetry(url, async () => {
      const token = await this.signedIn();
      return { headers: { authorization: `Bearer ${token}` } };
    })) as Partial<SourcePage> | null;
    if (!Array.isArray(page?.items) || typeof page.next !== "number" || typeof page.has_more !== "boolean") {
      throw new SourceAnswerError(200, `${url.pathname} answered without items, next and has_more`);
    }
    return page as SourcePage;
  }

  /** Signs in, and shows by it that the credentials are good. */
  async signIn(): Promise<void> {
    await this.signedIn();
  }

  /** One sign-in at a time; a failed one isn't kept. */
  private signedIn(): Promise<string> {
    this.token ??= this.fetchToken().catch((error: unknown) => {
      this.token = undefined;
      throw error;
    });
    return this.token;
  }

  private async fetchToken(): Promise<string> {
    const { clientId: client_id, clientSecret: client_secret } = this.credentials;
    const answer = (await this.withRetry(new URL("/oauth/token", this.url), async () => ({
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ client_id, client_secret }),
    }))) as { readonly access_token?: unknown } | null;
    const token = answer?.access_token;
    if (typeof token !== "string") throw new SourceAnswerError(200, "/oauth/token answered without access_token");
    this.context.hide(token);
    return token;
  }

  private async withRetry(url: URL, request: () => Promise<RequestInit>): Promise<unknown> {
    const { signal, log } = this.context;
    let refreshed = false;
    for (let attempt = 1; ; ) {
      // Outside the try: a failed sign-in has been tried again already.
      const init = await request();
      try {
        return await this.once(url, init);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof SourceAnswerError && error.status === 401 && this.token && !refreshed) {
          refreshed = true;
          this.token = undefined;
          log.info("The source's token has expired, signing in again");
          continue;
        }
        if (!isWorthAnotherTry(error) || attempt >= TRIES) throw error;
        const ms = retryAfterMs(error) ?? backOffMs(attempt);
        log.warn("The source didn't answer as it should, trying again", { path: url.pathname, attempt, ms, error });
        await this.waitFor(ms, signal);
        attempt += 1;
      }
    }
  }

  private async once(url: URL, init: RequestInit): Promise<unknown> {
    const signal = AbortSignal.any([this.context.signal, AbortSignal.timeout(REQUEST_MS)]);
    const response = await fetch(url, { ...init, signal });
    if (response.ok) return response.json();
    const text = (await response.text()).slice(0, 200);
    throw new SourceAnswerError(
      response.status,
      `${url.pathname} answered ${response.status}: ${text}`,
      response.headers.get("retry-after") ?? undefined,
    );
  }
}

/** Half of it by chance, so that several don't come back at once. */
function backOffMs(attempt: number): number {
  const bound = Math.min(10_000, 200 * 2 ** attempt);
  return bound / 2 + (Math.random() * bound) / 2;
}

/** Resolves after so many milliseconds. @throws the signal's reason as soon as it is aborted */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
