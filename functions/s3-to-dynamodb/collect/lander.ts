import { type Cut, RAW_BYTES } from "../../shared/text/cut";
import { type Dialect, delimiterName, formatName } from "../../shared/text/dialect";
import type { DetectedEncoding } from "../../shared/text/encoding";
import type { Limits, QuarantinedRecord, UploadRecord } from "../shared/contract";
import { linePrefix } from "../shared/landingMeta";
import type { Checkpoint } from "./checkpoint";
import { landingKey, quarantineKey } from "./landingKey";
import { PartWriter } from "./partWriter";
import type { ObjectSink } from "./ports";

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

/**
 * Turns cut records into landing parts and quarantine objects. Parts are cut by size at record boundaries, hence the
 * same whenever the same object is read, and each cut is a checkpoint.
 */
export class Lander {
  private place: Checkpoint;
  private memberName = "";
  private readonly part = new PartWriter();
  private quarantine: string[] = [];
  private quarantineBytes = 0;
  private readonly prefix: string;

  /** @param save told each checkpoint; false: go no further. */
  constructor(
    private readonly upload: UploadRecord,
    private readonly limits: Limits,
    private readonly sink: ObjectSink,
    from: Checkpoint,
    private readonly save: (checkpoint: Checkpoint) => Promise<boolean>,
  ) {
    this.place = from;
    this.prefix = linePrefix(upload);
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
    let { offset, line, state, record, landed, quarantined } = this.place;
    const settle = (): void => {
      this.place = { ...this.place, offset, line, state, header, record, landed, quarantined };
    };
    for (const cut of cuts) {
      if (cut.body !== undefined) {
        const text = `${this.prefix}${record + 1}${cut.body}\n`;
        const bytes = Buffer.byteLength(text);
        if (this.part.lines > 0 && this.part.bytes + bytes > this.limits.partBytes) {
          settle();
          if (!(await this.store())) return false;
        }
        landed++;
        if (this.part.add(text, bytes)) await this.part.flush();
      } else {
        const text = this.quarantineLine(cut, record + 1);
        if (this.quarantineBytes + text.length > QUARANTINE_BYTES && this.quarantineBytes > 0) {
          settle();
          if (!(await this.store())) return false;
        }
        quarantined++;
        this.quarantine.push(text);
        this.quarantineBytes += text.length;
      }
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
    const { parts, quarantineFiles } = this.place;
    const { lines } = this.part;
    if (lines > 0) {
      const key = landingKey(this.upload, parts.length + 1);
      await this.sink.put(key, await this.part.finish(), "application/gzip");
      this.place = { ...this.place, parts: [...parts, lines] };
    }
    if (this.quarantine.length > 0) {
      const body = Buffer.from(this.quarantine.join(""));
      await this.sink.put(quarantineKey(this.upload, quarantineFiles + 1), body, "application/x-ndjson");
      this.quarantine = [];
      this.quarantineBytes = 0;
      this.place = { ...this.place, quarantineFiles: quarantineFiles + 1 };
    }
  }

  private quarantineLine({ problem = "", raw, line }: Cut, record: number): string {
    const reason = this.memberName === "" ? problem : `${problem} (member ${this.memberName})`;
    return quarantineLine(this.upload, { record, line, reason, raw: raw?.slice(0, RAW_BYTES) });
  }
}

/** A line of a quarantine object. */
export function quarantineLine(
  upload: UploadRecord,
  entry: Pick<QuarantinedRecord, "record" | "line" | "reason" | "raw">,
): string {
  const { source, bucket, key } = upload;
  const quarantined: QuarantinedRecord = { source, bucket, key, version: upload.versionId ?? upload.etag, ...entry };
  return `${JSON.stringify(quarantined)}\n`;
}

function union(names: readonly string[], name: string | undefined): readonly string[] {
  return name === undefined || names.includes(name) ? names : [...names, name];
}
