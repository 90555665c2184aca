import { PartWriter } from "../../shared/partWriter";
import { type Cut, FileRefused, RAW_BYTES } from "../../shared/text/cut";
import { type Dialect, delimiterName, formatName } from "../../shared/text/dialect";
import type { DetectedEncoding } from "../../shared/text/encoding";
import type { StagedRun } from "../ledger/ledger";
import type { Limits } from "../shared/contract";
import { MAX_PARTS } from "../shared/contract";
import { type Attempt, linePrefix, partName, quarantinedRecord, stagingKey } from "../shared/upload";
import type { Checkpoint } from "./checkpoint";
import type { ObjectSink } from "./ports";
import { collectQuarantineName } from "./publish";

const QUARANTINE_BYTES = 8 * 1024 * 1024;

/** The member that is being read. */
export interface MemberPlace {
  readonly member: number;
  /** Its name in the archive; empty for a file that is none. */
  readonly name: string;
  readonly unpackedBefore: number;
  readonly dialect: Dialect;
  readonly encoding: DetectedEncoding;
}

/** What an invocation reads. */
export interface Reading extends Attempt {
  /** Names the invocation: it stages its objects apart from those of any other. */
  readonly run: string;
}

/**
 * Turns cut records into staged parts and quarantine objects. Parts are cut by size at record boundaries, and each cut
 * is a checkpoint.
 */
export class Lander {
  private place: Checkpoint;
  private memberName = "";
  private readonly part = new PartWriter();
  private quarantine: string[] = [];
  private quarantineBytes = 0;
  private readonly prefix: string;
  private readonly prefixBytes: number;

  /** @param save told each checkpoint; false: go no further. */
  constructor(
    private readonly reading: Reading,
    private readonly limits: Limits,
    private readonly sink: Pick<ObjectSink, "put">,
    from: Checkpoint,
    private readonly save: (checkpoint: Checkpoint) => Promise<boolean>,
  ) {
    this.place = from;
    this.prefix = linePrefix(reading.upload);
    this.prefixBytes = Buffer.byteLength(this.prefix);
  }

  /** Where the file's reading stands, ahead of what is stored. */
  get checkpoint(): Checkpoint {
    return this.place;
  }

  /** @param resumed the member was opened before; what follows comes after the checkpoint. */
  openMember({ name, ...member }: MemberPlace, resumed: boolean): void {
    this.memberName = name;
    if (resumed) return;
    const { formats, delimiters, encodings, members } = this.place;
    this.place = {
      ...this.place,
      ...member,
      offset: 0,
      line: 1,
      header: undefined,
      state: undefined,
      formats: union(formats, formatName(member.dialect)),
      delimiters: union(delimiters, delimiterName(member.dialect)),
      encodings: union(encodings, member.encoding.encoding),
      members: members + 1,
    };
  }

  /** @returns false when the invocation's time is up: the rest is for the next one. */
  async take(cuts: readonly Cut[], header?: readonly string[]): Promise<boolean> {
    let { offset, line, state, record, landed, quarantined, landedBytes } = this.place;
    const settle = (): void => {
      this.place = { ...this.place, offset, line, state, header, record, landed, quarantined, landedBytes };
    };
    for (const cut of cuts) {
      if (cut.body !== undefined) {
        const number = String(record + 1);
        const bytes = this.prefixBytes + number.length + Buffer.byteLength(cut.body) + 1;
        if (this.part.lines > 0 && this.part.bytes + bytes > this.limits.partBytes) {
          settle();
          if (!(await this.store())) return false;
        }
        landed++;
        landedBytes += bytes;
        if (this.part.add(`${this.prefix}${number}${cut.body}\n`, bytes)) await this.part.flush();
      } else {
        const text = this.quarantineLine(cut, record + 1);
        if (this.quarantineBytes + text.length > QUARANTINE_BYTES && this.quarantineBytes > 0) {
          settle();
          if (!(await this.store())) return false;
        }
        quarantined++;
        landedBytes += text.length;
        this.quarantine.push(text);
        this.quarantineBytes += text.length;
      }
      if (landedBytes > this.limits.maxLandedBytes) throw this.tooManyBytes();
      record++;
      offset = cut.end;
      line = cut.nextLine;
      state = cut.state;
    }
    settle();
    return true;
  }

  /** Stores what is left. */
  async finish(): Promise<Checkpoint> {
    await this.storeObjects();
    return this.place;
  }

  discard(): void {
    this.part.discard();
  }

  private async store(): Promise<boolean> {
    await this.storeObjects();
    return this.save(this.place);
  }

  private async storeObjects(): Promise<void> {
    const { lines } = this.part;
    if (lines > 0) {
      const { parts } = this.place;
      if (parts.length >= MAX_PARTS) {
        throw new FileRefused(
          `The file would land in more than ${MAX_PARTS} parts, which its entry in the ledger can't hold. Fix: raise limits.partBytes, or split the file.`,
        );
      }
      await this.stage(partName(parts.length + 1), await this.part.finish(), "application/gzip");
      this.place = { ...this.place, parts: [...parts, lines], staged: this.staged({ parts: 1 }) };
    }
    if (this.quarantine.length > 0) {
      const number = this.place.quarantineFiles + 1;
      const body = Buffer.from(this.quarantine.join(""));
      await this.stage(`${collectQuarantineName(number)}.ndjson`, body, "application/x-ndjson");
      this.quarantine = [];
      this.quarantineBytes = 0;
      this.place = { ...this.place, quarantineFiles: number, staged: this.staged({ quarantined: 1 }) };
    }
  }

  private stage(name: string, body: Buffer, contentType: string): Promise<void> {
    return this.sink.put(stagingKey(this.reading, this.reading.run, name), body, contentType);
  }

  /** The runs and what each has staged, with one object more of this one. */
  private staged({ parts = 0, quarantined = 0 }): readonly StagedRun[] {
    const { run } = this.reading;
    const before = this.place.staged.filter((each) => each.run !== run);
    const own = this.place.staged.find((each) => each.run === run) ?? { run, parts: 0, quarantined: 0 };
    return [...before, { run, parts: own.parts + parts, quarantined: own.quarantined + quarantined }];
  }

  /** A long name that every record repeats, or a reason for each of many short lines, can be far more than was sent. */
  private tooManyBytes(): FileRefused {
    return new FileRefused(
      `The file comes to more than ${this.limits.maxLandedBytes} bytes of landing parts and quarantined records (limits.maxLandedBytes). ` +
        "Fix: shorten the names of its columns, split it, or raise the limit.",
    );
  }

  private quarantineLine({ problem = "", raw, line }: Cut, record: number): string {
    const reason = this.memberName === "" ? problem : `${problem} (member ${this.memberName})`;
    const told = quarantinedRecord(this.reading.upload, { record, line, reason, raw: raw?.slice(0, RAW_BYTES) });
    return `${JSON.stringify(told)}\n`;
  }
}

function union(names: readonly string[], name: string | undefined): readonly string[] {
  return name === undefined || names.includes(name) ? names : [...names, name];
}
