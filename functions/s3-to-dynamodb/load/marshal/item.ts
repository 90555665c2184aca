import { hash } from "node:crypto";
import type { SourceConfig, UploadRecord } from "../../shared/contract";
import { joinKeyValues, partitionKey, recordKey } from "../../shared/itemKey";
import { landingMeta, linePrefix, META, RESERVED } from "../../shared/upload";
import { isSingle, type JsonObject, type JsonValue, parseObject, plainText, RecordError } from "./json";
import { LineScanner } from "./scanLine";
import { convertText, isTooLarge, nameText, quote, valueText } from "./value";

/** Longest sort key, in bytes. */
export const MAX_SORT_KEY_BYTES = 1024;

/** An item as DynamoDB's JSON, `{"pk":{"S":"…"},…}`, and its key. */
export interface ItemText {
  readonly pk: string;
  readonly sk: string;
  readonly text: string;
}

/**
 * Makes items of the lines of one landing part. The upload's attributes are the same for all of them and stand first
 * in each line, so they are rendered once and skipped in the line, which saves half of the parsing. Most
 * lines needn't be parsed at all (see scanLine.ts).
 */
export class ItemMaker {
  private readonly linePrefix: string;
  private readonly metaText: string;
  private readonly mapped: ReadonlyMap<string, SourceConfig["fields"][number]>;
  private readonly partitions: readonly { readonly pk: string; readonly head: string }[];
  private readonly scanner: LineScanner;

  /** @param order the part's place in time, stored in items of sources that have a key. */
  constructor(
    private readonly source: SourceConfig,
    private readonly upload: UploadRecord,
    order: string,
  ) {
    this.linePrefix = linePrefix(upload);
    const meta = landingMeta(upload);
    const constants = Object.entries(source.keyFields.length > 0 ? { ...meta, _order: order } : meta);
    this.metaText = constants.map(([name, value]) => `,"${name}":{"S":${quote(value, name)}}`).join("");
    this.mapped = new Map(source.fields.map((field) => [field.from, field]));
    this.partitions = Array.from({ length: source.shards }, (_, shard) => {
      const pk = partitionKey(source.name, shard);
      return { pk, head: `{"pk":{"S":${quote(pk, "pk")}},"sk":{"S":` };
    });
    this.scanner = new LineScanner(source, this.linePrefix);
  }

  /** @throws RecordError when the line can't become an item, whatever the reason: it must not stop the others. */
  make(line: string): ItemText {
    try {
      const scanned = this.scanner.scan(line);
      return scanned === undefined
        ? this.makeByParsing(line)
        : this.item(scanned.record, scanned.key, scanned.attributes);
    } catch (error) {
      if (error instanceof RecordError) throw error;
      throw new RecordError(`can't be made into an item (${String(error)}): fix the record`, { cause: error });
    }
  }

  /** Used for lines that the scanner can't handle; it makes the same item of any line. Exported for the tests of that. */
  makeByParsing(line: string): ItemText {
    const { record, fields } = this.read(line);
    const key = this.source.keyFields.map((name) =>
      keyValue(Object.hasOwn(fields, name) ? fields[name] : undefined, name),
    );
    return this.item(record, key, this.attributes(fields));
  }

  private item(record: number, key: readonly string[], attributes: string): ItemText {
    const sk = this.sortKey(record, key);
    const { pk, head } = this.partitionOf(sk);
    const text = `${head}${quote(sk, "sk")}}${this.metaText},"_record":{"N":"${record}"}${attributes}}`;
    if (isTooLarge(text)) {
      throw new RecordError(
        "is larger than 400 KB, the most that DynamoDB holds: map fewer fields or split the record",
      );
    }
    return { pk, sk, text };
  }

  /** The number of the line's record, 0 where it can't be read. */
  recordOf(line: string): number {
    return Number(/"_record":(\d+)/.exec(line)?.[1] ?? 0);
  }

  private read(line: string): { record: number; fields: JsonObject } {
    if (line.startsWith(this.linePrefix)) {
      const comma = line.indexOf(",", this.linePrefix.length);
      const end = comma === -1 ? line.length - 1 : comma;
      const record = Number(line.slice(this.linePrefix.length, end));
      if (Number.isSafeInteger(record)) {
        return { record, fields: parseObject(comma === -1 ? "{}" : `{${line.slice(comma + 1)}`) };
      }
    }
    const { _record: record, ...fields } = parseObject(line);
    if (typeof record !== "number") throw new RecordError("has no _record: collect the object again");
    for (const name of META) delete fields[name];
    return { record, fields };
  }

  private sortKey(record: number, key: readonly string[]): string {
    if (key.length === 0) return recordKey(this.upload.uploadId, record);
    const sk = joinKeyValues(key);
    if (sk.length * 3 > MAX_SORT_KEY_BYTES && Buffer.byteLength(sk) > MAX_SORT_KEY_BYTES) {
      throw new RecordError(
        `its key (${this.source.keyFields.join(", ")}) has ${Buffer.byteLength(sk)} bytes, DynamoDB takes ${MAX_SORT_KEY_BYTES}: choose shorter key fields`,
      );
    }
    return sk;
  }

  private partitionOf(sk: string) {
    const shards = this.partitions.length;
    // Same as shardOf in shared/itemKey.ts; the one-shot hash takes half the time of createHash.
    const shard = shards === 1 ? 0 : Number.parseInt(hash("sha1", sk, "hex").slice(0, 8), 16) % shards;
    return this.partitions[shard] as (typeof this.partitions)[number];
  }

  private attributes(fields: JsonObject): string {
    let text = "";
    let seen: Set<string> | undefined;
    for (const name of Object.keys(fields)) {
      const value = fields[name] as JsonValue;
      const field = this.mapped.get(name);
      if (field === undefined && this.source.onlyMapped) continue;
      const to = field?.to ?? name;
      if (RESERVED.has(to)) {
        throw new RecordError(`field "${name}" would overwrite the item's own "${to}": map it to another name`);
      }
      if (this.mapped.size > 0) {
        seen ??= new Set();
        if (seen.has(to)) throw new RecordError(`two fields become "${to}": map one of them to another name`);
        seen.add(to);
      }
      text += `,${nameText(to)}:${field === undefined ? valueText(value, name) : convertText(value, field.type, name)}`;
    }
    return text;
  }
}

function keyValue(value: JsonValue | undefined, name: string): string {
  if (value === undefined)
    throw new RecordError(`key field "${name}" is missing: fix the record or the source's key fields`);
  if (!isSingle(value)) {
    throw new RecordError(`key field "${name}" is ${value === null ? "null" : "not a single value"}: fix the record`);
  }
  const text = plainText(value);
  if (text === "") throw new RecordError(`key field "${name}" is empty: fix the record`);
  return text;
}
