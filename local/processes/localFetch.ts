/** Requests to the services of the local cloud. */
import { setTimeout as sleep } from "node:timers/promises";
import { causesOf } from "../setup/causes";

export interface LocalRequest {
  /** @default GET */
  readonly method?: "GET" | "POST" | "DELETE";
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Besides the usual ones. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Twice is as good as once, so it is repeated when its connection broke. @default all but POST */
  readonly isRepeatable?: boolean;
}

/** No answer came: whether the request was seen isn't known. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

const attempts = 6;
const firstPauseMs = 100;
const timeoutMs = 120_000;

/**
 * A service that is busy may not take a connection at once: that is tried again. Each request has a connection of its
 * own, because one that is kept may be closed by the service at the moment that it is used again.
 *
 * @throws UnreachableError with the address and the cause, when the service can't be reached
 */
export async function localFetch(url: string, request: LocalRequest = {}): Promise<Response> {
  const { method = "GET", body, headers, isRepeatable = method !== "POST" } = request;
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetch(url, {
        method,
        headers: {
          connection: "close",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      const mayRepeat = isRepeatable || wasNotSent(error);
      if (!mayRepeat || attempt === attempts) {
        const tried = attempt > 1 ? `, tried ${attempt} times` : "";
        throw new UnreachableError(`${method} ${url}${tried}: ${causesOf(error)}`, { cause: error });
      }
      await sleep(firstPauseMs * 2 ** (attempt - 1));
    }
  }
}

/** JSON of one of the services' own pages. @throws Error with what the service said */
export async function fetchJson<T>(url: string, request?: LocalRequest): Promise<T> {
  const response = await localFetch(url, request);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** The connection was refused, so nobody has seen the request. */
function wasNotSent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
}
