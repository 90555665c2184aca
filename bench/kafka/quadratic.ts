import { BatchBuilder, PayloadWriter } from "../../functions/kafka-lambda-sink/core/payload";

interface Element {
  readonly payload: { readonly offset: number; readonly value: string };
}

const source = { topic: "t", partition: 0 };

function elements(count: number, bytes: number): Element[] {
  return Array.from({ length: count }, (_, offset) => ({ payload: { offset, value: "v".repeat(bytes) } }));
}

/** Seconds of CPU for a batch whose size is found by writing out all of it anew with each record. */
export function quadratic(count: number, bytes: number): number {
  const put: Element[] = [];
  return cpuSeconds(() => {
    for (const element of elements(count, bytes)) {
      put.push(element);
      if (Buffer.byteLength(JSON.stringify(put)) > 1e9) put.pop();
    }
    return JSON.stringify(put).length;
  });
}

/** Seconds of CPU for the same batch, each of whose records is written and measured once. */
export function linear(count: number, valueBytes: number): number {
  const writer = new PayloadWriter(source);
  const builder = new BatchBuilder({ records: count, bytes: 1e9 });
  return cpuSeconds(() => {
    for (const { payload } of elements(count, valueBytes)) {
      const record = { offset: BigInt(payload.offset), timestamp: 0n, key: null, value: null, headers: [] };
      const converted = { key: "null", value: JSON.stringify(payload.value), headers: "[]" };
      const { text, bytes } = writer.element(record, converted);
      builder.add(record, "null", text, bytes);
    }
    return builder.take().payload.length;
  });
}

function cpuSeconds(work: () => number): number {
  const before = process.cpuUsage();
  if (work() === 0) throw new Error("nothing was batched");
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
