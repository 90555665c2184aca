import { fullJitter } from "../../shared/retry";
import { Abandoned, TransientError } from "./errors";
import type { SinkPorts } from "./ports";

/**
 * How delivery is to end. `finish`: what is in flight is reported and committed first. `abandon`: nothing is reported or
 * committed any more, since another member may have the partition already.
 */
export type Ending = "finish" | "abandon";

/** `before`: nothing was delivered yet, so that any end is one; `after`: there is something to report or commit. */
export type Phase = "before" | "after";

const BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 20_000;

/** How long a partition's worker goes on, and what it repeats meanwhile. */
export class Lifetime {
  private ending: Ending | undefined;
  private readonly enders = new Set<() => void>();

  constructor(
    private readonly name: string,
    private readonly ports: Pick<SinkPorts, "sleep" | "now" | "random" | "log" | "count">,
  ) {}

  get isEnding(): boolean {
    return this.ending !== undefined;
  }

  get isAbandoned(): boolean {
    return this.ending === "abandon";
  }

  end(how: Ending): void {
    if (this.ending !== "abandon") this.ending = how;
    for (const end of [...this.enders]) end();
  }

  /** Waits for what can be ended: `end` is called when the lifetime ends first. */
  async waitFor<T>(pending: Promise<T>, end: () => void): Promise<T> {
    this.enders.add(end);
    try {
      return await pending;
    } finally {
      this.enders.delete(end);
    }
  }

  /**
   * Tries again after transient errors, after waits with jitter.
   * @param maxMs how long; then the last error is thrown. @default without end
   * @throws Abandoned when it ended between two attempts
   */
  async retrying<T>(phase: Phase, attempt: () => Promise<T>, maxMs = Number.POSITIVE_INFINITY): Promise<T> {
    const since = this.ports.now();
    for (let count = 0; ; count++) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof TransientError) || this.ports.now() - since >= maxMs) throw error;
        this.throwIfOver(phase);
        this.ports.log.warn("Tried again", { partition: this.name, count, reason: error.message });
        this.ports.count({ Retries: 1 });
        await this.pause(fullJitter(count, BACKOFF_MS, LONGEST_BACKOFF_MS, this.ports.random));
        this.throwIfOver(phase);
      }
    }
  }

  /** @throws Abandoned */
  throwIfOver(phase: Phase): void {
    if (this.isAbandoned || (phase === "before" && this.isEnding)) throw new Abandoned(`${this.name} is given back.`);
  }

  private async pause(ms: number): Promise<void> {
    let wake: () => void = () => {};
    const over = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.ports.sleep(ms).then(wake);
    await this.waitFor(over, wake);
  }
}
