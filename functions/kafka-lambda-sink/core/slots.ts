/** A place among those who may run at once; taken in the order in which it was asked for. */
export interface Ticket {
  /** True once the place is free; false when the ticket was given back before. */
  readonly granted: Promise<boolean>;
  /** Gives the place back, or the place in the queue. Safe to call again. */
  release(): void;
}

interface Waiting {
  state: "waiting" | "granted" | "released";
  readonly answer: (granted: boolean) => void;
}

/** At most so many at once. */
export class Slots {
  private free: number;
  private readonly queue = new Set<Waiting>();

  constructor(readonly size: number) {
    this.free = size;
  }

  /** How many are taken. */
  get taken(): number {
    return this.size - this.free;
  }

  ask(): Ticket {
    let answer: (granted: boolean) => void = () => {};
    const granted = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const waiting: Waiting = { state: "waiting", answer };
    this.queue.add(waiting);
    this.grant();
    return { granted, release: () => this.release(waiting) };
  }

  private release(waiting: Waiting): void {
    if (waiting.state === "released") return;
    if (waiting.state === "granted") this.free++;
    else waiting.answer(false);
    waiting.state = "released";
    this.queue.delete(waiting);
    this.grant();
  }

  private grant(): void {
    for (const waiting of this.queue) {
      if (this.free === 0) return;
      this.free--;
      waiting.state = "granted";
      this.queue.delete(waiting);
      waiting.answer(true);
    }
  }
}
