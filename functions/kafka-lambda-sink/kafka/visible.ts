import type { RecordsBatch } from "@platformatic/kafka";
import type { SourceRecord } from "../core/record";

/** What a broker answers for one partition. */
export interface FetchedPartition {
  readonly records?: readonly RecordsBatch[] | null;
  readonly abortedTransactions?: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[] | null;
}

const IS_LOG_APPEND_TIME = 1 << 3;
const IS_TRANSACTIONAL = 1 << 4;
const IS_CONTROL = 1 << 5;
/** Of a control record's key: a version, then its type. */
const TYPE_AT = 2;
const ABORT = 0;

/**
 * The records from an offset on that a consumer may see. Batches may begin before that offset; those of aborted
 * transactions, and the markers at their ends, are passed over by the rule of Kafka's Java client: a transaction counts
 * as aborted from the first of its batches that the broker names up to its marker.
 */
export function visibleRecords(
  { records, abortedTransactions }: FetchedPartition,
  from: bigint,
): { readonly records: SourceRecord[]; readonly next: bigint } {
  const visible: SourceRecord[] = [];
  const aborted = [...(abortedTransactions ?? [])].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const open = new Set<bigint>();
  let next = from;
  for (const batch of records ?? []) {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    for (let first = aborted[0]; first !== undefined && first.firstOffset <= last; first = aborted[0]) {
      open.add(first.producerId);
      aborted.shift();
    }
    const isControl = (batch.attributes & IS_CONTROL) !== 0;
    if (isControl && typeOf(batch) === ABORT) open.delete(batch.producerId);
    const isAborted = (batch.attributes & IS_TRANSACTIONAL) !== 0 && open.has(batch.producerId);
    if (!isControl && !isAborted) addRecords(visible, batch, from);
    if (last >= next) next = last + 1n;
  }
  return { records: visible, next };
}

function typeOf(batch: RecordsBatch): number | undefined {
  const key = batch.records[0]?.key;
  return key && key.length >= TYPE_AT + 2 ? key.readInt16BE(TYPE_AT) : undefined;
}

function addRecords(to: SourceRecord[], batch: RecordsBatch, from: bigint): void {
  const appendTime = (batch.attributes & IS_LOG_APPEND_TIME) !== 0 ? batch.maxTimestamp : undefined;
  for (const { offsetDelta, timestampDelta, key, value, headers } of batch.records) {
    const offset = batch.firstOffset + BigInt(offsetDelta);
    if (offset < from) continue;
    const timestamp = appendTime ?? batch.firstTimestamp + timestampDelta;
    to.push({ offset, timestamp, key, value, headers: headers as SourceRecord["headers"] });
  }
}
