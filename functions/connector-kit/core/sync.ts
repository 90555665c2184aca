import type { Batch } from "./batch";
import { Cursors } from "./cursors";
import { ConnectorError, DeadlineError, PageError } from "./errors";
import { MOST_CHANGES, MOST_STALLS, reserveMs } from "./limits";
import { hashOfFirst, rowCount, type Segment, segmentsOf } from "./segments";
import { type State, writeState } from "./state";
import type { Clock, Connector, ConnectorContext, Page } from "./types";

export interface SyncOutcome {
  readonly state: State;
  readonly hasMore: boolean;
  readonly pages: number;
}

/** What a sync needs beside the connector. */
export interface SyncPorts {
  readonly batch: Batch;
  readonly clock: Clock;
  readonly context: Omit<ConnectorContext, "signal" | "remainingMs">;
}

/**
 * Pulls pages into the batch until the source has no more, the batch is full or time is up. The state moves behind a
 * page only when all its rows are in the batch.
 * @throws DeadlineError, PageError, RowError, or what the connector throws before anything was gathered
 */
export function sync(connector: Connector, state: State, ports: SyncPorts): Promise<SyncOutcome> {
  return new Sync(connector, state, ports).run();
}

class Sync {
  private readonly abort = new AbortController();
  private readonly timeUp: Promise<undefined>;
  private readonly totalMs: number;
  private readonly cursors: Cursors;
  private state: State;
  private pages = 0;
  private isTimeUp = false;
  /** False while nothing was handed over and the state stands where it stood. */
  private moved = false;

  constructor(
    readonly connector: Connector,
    readonly start: State,
    readonly ports: SyncPorts,
  ) {
    this.state = { cursor: start.cursor, part: start.part };
    this.cursors = new Cursors(start.cursor);
    this.totalMs = ports.clock.remainingMs();
    this.timeUp = new Promise((resolve) => {
      this.abort.signal.addEventListener("abort", () => resolve(undefined), { once: true });
    });
  }

  async run(): Promise<SyncOutcome> {
    if (this.leftMs() <= 0) {
      throw new DeadlineError(
        `The function has ${Math.round(this.totalMs)} ms left at its start, too few to pull anything and to answer in time. Raise its timeout.`,
      );
    }
    try {
      return await this.pull();
    } catch (error) {
      const isOurs = error instanceof ConnectorError && error !== this.abort.signal.reason;
      // What the connector throws because its signal was aborted isn't a failure of the source.
      if (this.isTimeUp && !isOurs) return this.outOfTime();
      if (isOurs || !this.moved) throw error;
      this.ports.context.log.warn("The source failed; what was pulled before goes out, the next request tries again", {
        error,
      });
      return this.more();
    }
  }

  private async pull(): Promise<SyncOutcome> {
    const { context, clock } = this.ports;
    const signal = this.abort.signal;
    const source = this.connector.pull(this.state.cursor, { ...context, signal, remainingMs: () => this.leftMs() });
    const pages = source[Symbol.asyncIterator]();
    try {
      for (;;) {
        const left = this.leftMs();
        if (left <= 0) return this.outOfTime();
        const cancel = clock.after(left, () => this.endTime());
        const next = Promise.resolve(pages.next());
        const result = await Promise.race([next, this.timeUp]).finally(cancel);
        if (result === undefined) {
          // Nobody waits for the page any more; its failure must not end the process.
          next.catch(() => undefined);
          return this.outOfTime();
        }
        if (result.done) return this.drained();
        if (!this.take(result.value)) return this.more();
      }
    } finally {
      this.abort.abort(new DeadlineError("The request is answered."));
      void cleanUp(pages);
    }
  }

  private endTime(): void {
    this.isTimeUp = true;
    this.abort.abort(new DeadlineError("Time for pulling is up."));
  }

  /** False when the answer is to leave with what it has. */
  private take(page: Page): boolean {
    const { batch } = this.ports;
    const segments = segmentsOf(page, batch.schema, batch.asText);
    this.cursors.check(page.cursor, rowCount(segments));
    if (this.state.part !== undefined) return this.takeParts(page, segments);
    if (batch.takes(segments, this.stateBytes({ cursor: page.cursor }))) {
      batch.add(segments, page.softDelete);
      this.finish(page, segments.length > 0);
      return true;
    }
    return batch.isEmpty ? this.takeParts(page, segments) : false;
  }

  /** Hands over a page that is bigger than an answer: what is out is remembered in the state. */
  private takeParts(page: Page, segments: readonly Segment[]): boolean {
    const { batch } = this.ports;
    const before = this.state.part;
    const isSame = before === undefined || hashOfFirst(before.done, segments) === before.hash;
    const changed = (before?.changed ?? 0) + (isSame ? 0 : 1);
    if (changed > MOST_CHANGES) {
      throw new PageError(
        `The page after the cursor ${JSON.stringify(this.state.cursor)} is bigger than an answer and began with other rows each time it was read. Yield smaller pages, or rows in a stable order.`,
      );
    }
    // Another reading begins anew: rows that went out before go out again, which does no harm by primary key.
    const from = isSame ? (before?.done ?? 0) : 0;
    const total = rowCount(segments);
    const atMost = { done: total, hash: "a hash has 22 letters.", changed };
    const stateBytes = Math.max(
      this.stateBytes({ cursor: this.state.cursor, part: atMost }),
      this.stateBytes({ cursor: page.cursor }),
    );
    const done = batch.fill(segments, from, stateBytes);
    if (done >= total) {
      batch.add([], page.softDelete);
      this.finish(page, true);
      return true;
    }
    const hash = hashOfFirst(done, segments) ?? "";
    this.state = { cursor: this.state.cursor, part: { done, hash, changed } };
    this.moved = true;
    return false;
  }

  private finish(page: Page, hasRows: boolean): void {
    this.moved ||= hasRows || this.cursors.moves(page.cursor);
    this.state = { cursor: page.cursor };
    this.cursors.passed(page.cursor);
    this.pages += 1;
  }

  private outOfTime(): SyncOutcome {
    if (this.moved) return this.more();
    const stalled = (this.start.stalled ?? 0) + 1;
    if (stalled >= MOST_STALLS) {
      throw new DeadlineError(
        `No page was finished in ${stalled} requests of ${Math.round(this.totalMs / 1000)} s each. Raise the function's timeout, yield smaller pages, or see why the source is slow.`,
      );
    }
    this.ports.context.log.warn("Time was up before a page was finished", { stalled });
    return { state: { ...this.state, stalled }, hasMore: true, pages: this.pages };
  }

  private more(): SyncOutcome {
    return { state: this.state, hasMore: true, pages: this.pages };
  }

  private drained(): SyncOutcome {
    if (this.state.part !== undefined) {
      throw new PageError(
        `The page after the cursor ${JSON.stringify(this.state.cursor)} was handed over in part and isn't there any more. Pulling the same cursor again has to begin with the same page.`,
      );
    }
    return { state: this.state, hasMore: false, pages: this.pages };
  }

  private leftMs(): number {
    const { batch, clock } = this.ports;
    return clock.remainingMs() - reserveMs(this.totalMs, batch.asText ? batch.bytes : 0);
  }

  private stateBytes(state: State): number {
    return Buffer.byteLength(JSON.stringify(writeState(state, this.connector)));
  }
}

/** Lets a connector close what it holds. The answer doesn't wait for it, nor depend on it. */
async function cleanUp(pages: AsyncIterator<Page>): Promise<void> {
  try {
    await pages.return?.();
  } catch {
    // What it was asked for is answered already.
  }
}
