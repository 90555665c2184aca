import type { ApiFault } from "./types";

interface Active {
  readonly fault: ApiFault;
  left: number;
}

export class ApiFaults {
  private active: Active[] = [];

  /** What goes wrong from now on; [] for nothing. */
  set(faults: readonly ApiFault[]): void {
    this.active = faults.map((fault) => ({ fault, left: fault.count ?? Number.POSITIVE_INFINITY }));
  }

  /** The fault of this request, counted as used. */
  take(request: string): ApiFault | undefined {
    const hit = this.active.find(({ fault, left }) => left > 0 && (fault.match?.test(request) ?? true));
    if (hit) hit.left -= 1;
    return hit?.fault;
  }
}

/** At most so many requests in a moving window. */
export class RateLimit {
  private taken: number[] = [];

  constructor(
    private readonly requests: number,
    private readonly windowMs: number,
  ) {}

  /** @returns undefined, or the seconds after which there is room again */
  take(now: number): number | undefined {
    this.taken = this.taken.filter((at) => at > now - this.windowMs);
    const [oldest = now] = this.taken;
    if (this.taken.length >= this.requests) return Math.max(1, Math.ceil((oldest + this.windowMs - now) / 1_000));
    this.taken.push(now);
    return undefined;
  }
}
