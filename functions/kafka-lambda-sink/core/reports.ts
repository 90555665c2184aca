import type { Batch } from "./payload";
import type { SourceRecord, TopicPartition } from "./record";

/** What a function's runtime said of its error. */
export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  /** `Handled` or `Unhandled`, as Lambda's answer has it. */
  readonly kind: string;
  /** The answer's body: a JSON text where the runtime writes one. */
  readonly body: string;
}

/** A record for the result topic or the error topic. */
export interface Report {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers: readonly (readonly [string, string])[];
}

/** How keys and values are written: JSON, or texts without their quotes. */
export type ReportFormat = "json" | "string";

/** A topic that is reported to. */
export interface ReportTopic {
  readonly name: string;
  readonly keyFormat: ReportFormat;
  readonly valueFormat: ReportFormat;
  /** `record`: the record's own key; `coordinates`: `topic-partition-offset`, so that compaction removes repetitions. */
  readonly key: "record" | "coordinates";
}

/** The reports of a batch's results, one a record; made one after the other, since each may hold the whole response. */
export function* resultReports(
  to: ReportTopic,
  source: TopicPartition,
  batch: Pick<Batch, "records" | "keys">,
  results: readonly string[],
): Generator<Report> {
  const reportValue = memorized((json: string) => written(json, to.valueFormat));
  for (const [index, record] of batch.records.entries()) {
    yield {
      topic: to.name,
      key: keyOf(to, source, record, batch.keys[index]),
      value: reportValue(results[index] as string),
      headers: placeHeaders(source, record),
    };
  }
}

/** An error as it is reported: with two headers, as Kafka Connect's Reporter has it, and a value. */
export interface ReportedError {
  readonly message: string;
  /** Name of the error. */
  readonly exception: string;
  /** A JSON text. */
  readonly value: string;
}

/** Records that an error kept from being delivered. */
export interface UndeliveredRecords {
  readonly records: readonly SourceRecord[];
  /** JSON texts; undefined where a key couldn't be converted: the report's key is its bytes then. */
  readonly keys: readonly (string | undefined)[];
}

/** The reports of an error, one a record. */
export function* errorReports(
  to: ReportTopic,
  source: TopicPartition,
  batch: UndeliveredRecords,
  error: ReportedError,
): Generator<Report> {
  const value = written(error.value, to.valueFormat);
  for (const [index, record] of batch.records.entries()) {
    yield {
      topic: to.name,
      key: keyOf(to, source, record, batch.keys[index]),
      value,
      headers: [...placeHeaders(source, record), ["error_message", error.message], ["exception", error.exception]],
    };
  }
}

function placeHeaders({ topic, partition }: TopicPartition, { offset, timestamp }: SourceRecord): Report["headers"] {
  return [
    ["input_record_offset", String(offset)],
    ["input_record_timestamp", String(timestamp)],
    ["input_record_partition", String(partition)],
    ["input_record_topic", topic],
  ];
}

function keyOf(to: ReportTopic, source: TopicPartition, record: SourceRecord, key: string | undefined): Buffer | null {
  if (to.key === "coordinates") {
    return written(JSON.stringify(`${source.topic}-${source.partition}-${record.offset}`), to.keyFormat);
  }
  if (key === undefined) return record.key;
  return key === "null" ? null : written(key, to.keyFormat);
}

function written(json: string, format: ReportFormat): Buffer {
  const isText = format === "string" && json.startsWith('"');
  return Buffer.from(isText ? (JSON.parse(json) as string) : json);
}

/** Remembers the last answer. */
function memorized<A, B>(make: (input: A) => B): (input: A) => B {
  let last: { readonly input: A; readonly output: B } | undefined;
  return (input) => {
    if (last === undefined || last.input !== input) last = { input, output: make(input) };
    return last.output;
  };
}
