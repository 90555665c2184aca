import type { SourceRecord } from "./record";

/** What one look into the log gave. */
export interface Fetched {
  /** In the order of their offsets, which may have gaps. */
  readonly records: readonly SourceRecord[];
  /** Where to look next; beyond the last record where compaction or transactions left nothing to see. */
  readonly next: bigint;
  /** Offset after the last record that consumers may see. */
  readonly end: bigint;
}

type Ahead = { readonly fetched: Fetched } | { readonly error: unknown };

/** A partition's records one after the other; the next ones are fetched while these are delivered. */
export class Feed {
  private records: readonly SourceRecord[] = [];
  private head = 0;
  private ahead: Promise<Ahead> | undefined;
  /** What `ahead` has become. */
  private arrived: Ahead | undefined;
  private end: bigint;

  /** @param next where to begin */
  constructor(
    private readonly fetch: (from: bigint) => Promise<Fetched>,
    private next: bigint,
  ) {
    this.end = next;
  }

  /** Everything before this offset was taken. */
  get position(): bigint {
    return this.peek()?.offset ?? this.next;
  }

  /** How many offsets there are from the position to the log's end. */
  get lag(): bigint {
    return this.end > this.position ? this.end - this.position : 0n;
  }

  peek(): SourceRecord | undefined {
    return this.records[this.head];
  }

  /** Goes on to the next record. */
  take(): void {
    this.head++;
  }

  /** Waits for one look into the log, which may give nothing; for when all records are taken. Throws what the fetch throws. */
  async refill(): Promise<void> {
    this.lookAhead();
    this.accept(await (this.ahead as Promise<Ahead>));
  }

  /** As {@link refill}, but takes only what has arrived already. */
  absorb(): void {
    if (this.arrived !== undefined && "fetched" in this.arrived) this.accept(this.arrived);
  }

  private accept(ahead: Ahead): void {
    this.ahead = undefined;
    this.arrived = undefined;
    if ("error" in ahead) throw ahead.error;
    this.records = ahead.fetched.records;
    this.head = 0;
    this.next = ahead.fetched.next;
    this.end = ahead.fetched.end;
    this.lookAhead();
  }

  private lookAhead(): void {
    if (this.ahead !== undefined) return;
    const ahead = this.fetch(this.next).then(
      (fetched): Ahead => ({ fetched }),
      (error: unknown): Ahead => ({ error }),
    );
    this.ahead = ahead;
    ahead.then((result) => {
      if (this.ahead === ahead) this.arrived = result;
    });
  }
}
