import type { Scheduler } from "fast-check";

/** What goes wrong with one call of a service. */
export interface Fault {
  /** Number of the call, in the order in which they are made. */
  readonly at: number;
  /**
   * `killed…`: the process ends before or after the service has done what it was asked; `fails…`: the caller gets an
   * error, and the service hasn't done it, or has; `repeated`: the answer is lost, and the SDK asks again; `throttled`:
   * the service takes a part, where it can.
   */
  readonly kind: "killedBefore" | "killedAfter" | "failsBefore" | "failsAfter" | "repeated" | "throttled";
  /** Of a throttled batch: the items that are left, bit by bit. */
  readonly bits: number;
}

const NEVER = new Promise<never>(() => undefined);

/** Time, faults, and the order in which everything happens: fast-check's scheduler picks what comes next. */
export class Simulation {
  private readonly faults: ReadonlyMap<number, Fault>;
  private madeCalls = 0;
  /** No more faults: what is left is to end well. */
  calm = false;
  now = Date.parse("2026-03-01T00:00:00.000Z");
  /** What must never happen, and did. */
  readonly violations: string[] = [];

  constructor(
    private readonly scheduler: Pick<Scheduler, "schedule" | "count" | "waitNext">,
    faults: readonly Fault[] = [],
  ) {
    this.faults = new Map(faults.map((fault) => [fault.at, fault]));
  }

  /** Resolves when its turn has come. */
  async turn(label: string): Promise<void> {
    await this.scheduler.schedule(Promise.resolve(), label);
    this.now += 1000;
  }

  /** Lets happen whatever can happen, until nothing is left. */
  async run(): Promise<void> {
    for (;;) {
      // Whoever isn't waiting for a turn goes on until it does: promises and streams, no timers.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.scheduler.count() === 0) return;
      await this.scheduler.waitNext(1);
    }
  }

  nextFault(): Fault | undefined {
    return this.calm ? undefined : this.faults.get(this.madeCalls++);
  }

  iso(): string {
    return new Date(this.now).toISOString();
  }
}

/** One process: an invocation of a function, or a command. */
export class Actor {
  calls = 0;
  private dead = false;
  private inFlight = 0;
  private die: () => void = () => undefined;
  private readonly death = new Promise<"killed">((resolve) => {
    this.die = () => resolve("killed");
  });
  private settle: () => void = () => undefined;
  /** Resolves when nothing of a killed process can reach a service any more. */
  readonly settled = new Promise<void>((resolve) => {
    this.settle = resolve;
  });

  constructor(
    readonly name: string,
    private readonly simulation: Simulation,
  ) {}

  /** Lives until the work is done, has failed, or the process is killed. */
  live(work: () => Promise<unknown>): Promise<"done" | "failed" | "killed"> {
    const end = work().then(
      () => "done" as const,
      (error: unknown) => {
        // What no service answers is a mistake of the code or of the simulation.
        if (error instanceof TypeError || error instanceof RangeError)
          this.simulation.violations.push(String(error.stack));
        return "failed" as const;
      },
    );
    return Promise.race([end, this.death]);
  }

  /** A call of a service: it takes effect when its turn comes. */
  async call<T>(label: string, effect: () => T, throttled?: (bits: number) => T): Promise<T> {
    if (this.dead) return NEVER;
    const fault = this.simulation.nextFault();
    this.calls++;
    this.inFlight++;
    await this.simulation.turn(`${this.name}: ${label}${fault === undefined ? "" : ` (${fault.kind})`}`);
    this.inFlight--;
    // A request that was on its way when its process was killed arrives, or doesn't.
    if (this.dead) {
      if (this.calls % 2 === 0) attempt(effect);
      if (this.inFlight === 0) this.settle();
      return NEVER;
    }
    switch (fault?.kind) {
      case undefined:
        return effect();
      case "throttled":
        if (throttled !== undefined) return throttled(fault.bits);
        throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
      case "repeated":
        attempt(effect);
        return effect();
      case "failsAfter":
        attempt(effect);
        throw new Error("socket hang up");
      case "failsBefore":
        throw new Error("socket hang up");
      case "killedAfter":
        attempt(effect);
        break;
    }
    this.dead = true;
    this.die();
    if (this.inFlight === 0) this.settle();
    return NEVER;
  }
}

function attempt(effect: () => unknown): void {
  try {
    effect();
  } catch {
    // Nobody is left to hear the service's answer.
  }
}
