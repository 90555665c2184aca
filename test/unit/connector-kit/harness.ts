import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import {
  answer,
  type Clock,
  type Connector,
  type ConnectorCounts,
  type ConnectorError,
  type FivetranResponse,
  type Json,
  type Limits,
  type Page,
} from "../../../functions/connector-kit/core";

/** Time that passes only when everybody waits. */
export class FakeClock implements Clock {
  private now = 0;
  private timers: { readonly at: number; readonly callback: () => void }[] = [];

  constructor(readonly totalMs: number) {}

  remainingMs(): number {
    return this.totalMs - this.now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.now + ms, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Time that passes without anybody waiting. */
  spend(ms: number): void {
    this.now += ms;
  }

  /** Resolves after so many milliseconds; never looks at a signal, as the worst of connectors. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Lets time pass until the promise is settled. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    promise.then(done, done);
    for (;;) {
      await turn();
      if (settled) return promise;
      const next = this.timers.reduce((a, b) => (b.at < a.at ? b : a), this.timers[0] ?? assert.fail("nobody waits"));
      this.timers = this.timers.filter((timer) => timer !== next);
      this.now = Math.max(this.now, next.at);
      next.callback();
    }
  }
}

export interface Logged {
  readonly level: string;
  readonly message: string;
  readonly fields?: unknown;
}

/** Everything that one request came to. */
export interface Asked {
  readonly response: FivetranResponse;
  readonly files: ReadonlyMap<string, string>;
  readonly logged: readonly Logged[];
  readonly counts?: ConnectorCounts;
  /** Milliseconds that were left when the answer was there. */
  readonly leftMs: number;
}

export interface AskOptions {
  readonly totalMs?: number;
  readonly clock?: FakeClock;
  readonly limits?: Partial<Limits>;
  readonly startFrom?: string;
  readonly putFile?: (clock: FakeClock, text: string) => Promise<void>;
  readonly logged?: Logged[];
}

/** One request to a connector, in fake time. */
export async function ask<C extends Json>(
  connector: Connector<C>,
  request: unknown,
  options: AskOptions = {},
): Promise<Asked> {
  const { totalMs = 60_000, clock = new FakeClock(totalMs), logged = [], limits, startFrom } = options;
  const files = new Map<string, string>();
  const write = (level: string) => (message: string, fields?: unknown) => {
    logged.push({ level, message, fields });
  };
  let counts: ConnectorCounts | undefined;
  const response = await clock.run(
    answer(connector as unknown as Connector, request, {
      clock,
      limits,
      startFrom,
      log: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") },
      putFile: async (_bucket, file, text) => {
        await options.putFile?.(clock, text);
        files.set(file, text);
      },
      count: (given) => {
        counts = given;
      },
    }),
  );
  return { response, files, logged, counts, leftMs: clock.remainingMs() };
}

/** The error of a request that has to fail. */
export async function failure<C extends Json>(
  connector: Connector<C>,
  request: unknown,
  options: AskOptions = {},
): Promise<ConnectorError> {
  try {
    await ask(connector, request, options);
  } catch (error) {
    assert.ok(error instanceof Error);
    return error as ConnectorError;
  }
  return assert.fail("The request was to fail.");
}

/** A connector with the tables orders and lines that yields these pages after the cursor, which is a page's number. */
export function paged(pages: readonly Omit<Page<number>, "cursor">[], more: Partial<Connector<number>> = {}) {
  return {
    schema: { orders: { primaryKey: ["id"] }, lines: { primaryKey: ["order", "line"] } },
    test: async () => undefined,
    async *pull(cursor = 0) {
      for (let at = cursor; at < pages.length; at += 1) yield { ...pages[at], cursor: at + 1 };
    },
    ...more,
  } satisfies Connector<number>;
}

/** Rows with consecutive numbers. */
export function orders(first: number, count: number, text = "") {
  return Array.from({ length: count }, (_, at) => ({ id: first + at, text }));
}

export const first = { agent: "kit/external-id/shop", state: {}, secrets: {} } as const;

/** What a source with nothing new yields. */
export async function* noPages(): AsyncGenerator<Page<number>> {
  yield* [];
}
