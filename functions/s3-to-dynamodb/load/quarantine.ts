import type { LoadMessage, QuarantinedRecord } from "../shared/contract";
import { digits, quarantinedRecord, quarantineKey } from "../shared/upload";

const FLUSH_BYTES = 4 * 1024 * 1024;
const RAW_CHARACTERS = 4096;

interface Pending {
  readonly line: number;
  readonly record: QuarantinedRecord;
}

/** Collects the quarantined records of a part and stores them, 4 MB an object. */
export class Quarantine {
  private pending: Pending[] = [];
  private bytes = 0;
  private stored = 0;

  constructor(
    private readonly message: LoadMessage,
    private readonly save: (key: string, body: string) => Promise<void>,
  ) {}

  add(line: number, record: number, reason: string, raw: string): void {
    const shortened = raw.length > RAW_CHARACTERS ? raw.slice(0, RAW_CHARACTERS) : raw;
    const entry = quarantinedRecord(this.message.upload, { record, reason, raw: shortened });
    this.pending.push({ line, record: entry });
    this.bytes += 500 + (entry.raw?.length ?? 0);
  }

  /** True when it is time to store; the caller first sees to it that no earlier line is in flight. */
  get full(): boolean {
    return this.bytes > FLUSH_BYTES;
  }

  /**
   * Stores the records of the lines before `end` and forgets the others: the next invocation comes to them again. The
   * object's name follows from the record it begins with, so that a retry overwrites it.
   * @returns number of records stored by this invocation so far.
   */
  async store(end = Number.POSITIVE_INFINITY): Promise<number> {
    const due = this.pending.filter(({ line }) => line < end).sort((a, b) => a.line - b.line);
    this.pending = [];
    this.bytes = 0;
    const first = due[0];
    if (first !== undefined) {
      const name = objectName(this.message, this.stored === 0 ? undefined : first.record.record);
      await this.save(
        quarantineKey(this.message, name),
        due.map(({ record }) => `${JSON.stringify(record)}\n`).join(""),
      );
      this.stored += due.length;
    }
    return this.stored;
  }
}

function objectName({ part, skip }: LoadMessage, record: number | undefined): string {
  const parts = [
    `load-${digits(part)}`,
    ...(skip ? [`after-${skip}`] : []),
    ...(record === undefined ? [] : [`from-${record}`]),
  ];
  return parts.join("-");
}
