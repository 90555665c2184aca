import type { Log } from "../log";
import { fullJitter, sleep } from "../retry";
import { FivetranApiError, FivetranNotFound, FivetranThrottled, FivetranUnauthorized } from "./errors";
import type { ApiCredentials } from "./types";

export interface FivetranHttpOptions {
  /** For example `https://api.fivetran.com`. */
  readonly url: string;
  /** `renew`: the API has refused the ones given before; they may have been rotated. */
  readonly credentials: (renew: boolean) => Promise<ApiCredentials>;
  /** Milliseconds that the caller has left: no attempt and no wait goes beyond. @default no bound */
  readonly remainingMs?: () => number;
  /** Milliseconds that one attempt may take. @default 10 000 */
  readonly timeoutMs?: number;
  /** Attempts at one request. @default 6 */
  readonly attempts?: number;
  readonly log?: Pick<Log, "warn">;
  /** Replaced in tests. */
  readonly sleep?: (ms: number) => Promise<void>;
  readonly random?: () => number;
  readonly now?: () => number;
}

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With a leading slash, its variable parts encoded. */
  readonly path: string;
  readonly body?: unknown;
  /** @default `application/json;version=2` */
  readonly accept?: string;
}

/** Left over for telling the caller that the API doesn't answer. */
const RESERVE_MS = 1_500;
const BASE_MS = 500;
const CAP_MS = 20_000;

/** Requests with retries: on 429, 5xx, broken connections and time-outs, as long as attempts and time last. */
export class FivetranHttp {
  private readonly options: Required<Omit<FivetranHttpOptions, "log">> & Pick<FivetranHttpOptions, "log">;

  constructor(options: FivetranHttpOptions) {
    const defaults = { remainingMs: () => Number.POSITIVE_INFINITY, timeoutMs: 10_000, attempts: 6 };
    this.options = { ...defaults, sleep, random: Math.random, now: Date.now, ...options };
  }

  /**
   * The answer's JSON.
   * @throws FivetranThrottled, FivetranNotFound, FivetranUnauthorized, else FivetranApiError
   */
  async send(request: ApiRequest): Promise<unknown> {
    const { options } = this;
    let credentials = await options.credentials(false);
    let renewed = false;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.attempt(request, credentials);
      if (answer.ok) return answer.json;
      if (answer.status === 401 && !renewed) {
        renewed = true;
        credentials = await options.credentials(true);
        continue;
      }
      const waitMs = answer.waitMs ?? fullJitter(attempt - 1, BASE_MS, CAP_MS, options.random);
      const inTime = waitMs < options.remainingMs() - RESERVE_MS;
      if (!answer.passing || attempt >= options.attempts || !inTime) throw refusal(request, answer, attempt, waitMs);
      options.log?.warn("Fivetran request is tried again", {
        method: request.method,
        path: request.path,
        attempt,
        waitMs,
        problem: answer.problem,
      });
      await options.sleep(waitMs);
    }
  }

  private async attempt({ method, path, body, accept }: ApiRequest, credentials: ApiCredentials): Promise<Answer> {
    const { url, timeoutMs, remainingMs, now } = this.options;
    const limit = Math.floor(Math.max(1, Math.min(timeoutMs, remainingMs() - RESERVE_MS)));
    let status: number | undefined;
    try {
      const response = await fetch(url.replace(/\/+$/, "") + path, {
        method,
        headers: {
          Accept: accept ?? "application/json;version=2",
          Authorization: basicAuthorization(credentials),
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // The key goes to the API and nowhere else.
        redirect: "error",
        signal: AbortSignal.timeout(limit),
      });
      status = response.status;
      const text = await response.text();
      if (response.ok) return { ok: true, json: JSON.parse(text) as unknown };
      const waitMs = retryAfterMs(response.headers.get("retry-after"), now());
      return {
        ok: false,
        status,
        waitMs,
        passing: status === 429 || status >= 500 || status === 408,
        problem: redact(`HTTP ${status}${wordsOf(text)}`, credentials),
      };
    } catch (error) {
      // A 2xx whose body isn't JSON came from something else than the API, a proxy for example; it won't heal by itself.
      const passing = !(error instanceof SyntaxError);
      return { ok: false, status, passing, problem: redact(describe(error, limit), credentials) };
    }
  }
}

type Answer =
  | { readonly ok: true; readonly json: unknown }
  | {
      readonly ok: false;
      readonly status?: number;
      readonly problem: string;
      /** It may go away by itself. */
      readonly passing: boolean;
      /** What Retry-After asks for. */
      readonly waitMs?: number;
    };

/** The API's `code` and `message`; of anything else nothing, because pages of proxies tell little. */
function wordsOf(text: string): string {
  try {
    const { code, message } = JSON.parse(text) as { readonly code?: unknown; readonly message?: unknown };
    const words = [code, message].filter((word) => typeof word === "string" && word !== "").join(": ");
    return words === "" ? "" : ` ${words.slice(0, 300)}`;
  } catch {
    return "";
  }
}

function describe(error: unknown, limit: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${limit} ms`;
  if (error instanceof SyntaxError) return "an answer that isn't JSON";
  // fetch says "fetch failed"; why is in its cause.
  const cause = error.cause instanceof Error ? error.cause : error;
  return `${cause.name}: ${cause.message}`.slice(0, 300);
}

function refusal(request: ApiRequest, answer: Answer & { ok: false }, attempts: number, waitMs: number) {
  const { status, problem } = answer;
  const what = `Fivetran: ${request.method} ${request.path}: ${problem}`;
  const tries = attempts === 1 ? "" : ` (${attempts} attempts)`;
  if (status === 429) {
    const seconds = Math.ceil(waitMs / 1_000);
    return new FivetranThrottled(
      `${what}${tries}. The account's request limit is used up; free again in some ${seconds} s. Run later, or less at once.`,
      { status },
    );
  }
  if (status === 401 || status === 403) {
    return new FivetranUnauthorized(
      `${what}. Check the API key in the secret (apiKey, apiSecret), and that it may manage the group's connections.`,
      { status },
    );
  }
  if (status === 404) {
    return new FivetranNotFound(`${what}. Check the id, and that the API key may see it.`, { status });
  }
  const advice = answer.passing
    ? "See status.fivetran.com, and run again."
    : "Check the API's address and the request.";
  return new FivetranApiError(`${what}${tries}. ${advice}`, { status });
}

/** The Authorization header. */
export function basicAuthorization({ apiKey, apiSecret }: ApiCredentials): string {
  return `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString("base64")}`;
}

/** The text without the key, its secret and the header they make: an answer or a network error may repeat them. */
export function redact(text: string, credentials: ApiCredentials): string {
  const { apiKey, apiSecret } = credentials;
  const header = basicAuthorization(credentials).slice("Basic ".length);
  // The longest first, because one may lie within another.
  const secrets = [header, apiKey, apiSecret].filter((secret) => secret !== "").sort((a, b) => b.length - a.length);
  return secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "[redacted]"), text);
}

/**
 * Milliseconds that a Retry-After header asks for: a number of seconds, or a date. Undefined when it says neither.
 * @param now Unix time in milliseconds, for dates.
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
