import { elementsOf, memberOf } from "./jsonParts";
import type { SourceRecord, TopicPartition } from "./record";

/** How the results were found in the function's response. */
export type ResponseFormat = "coordinates" | "positions" | "whole";

export interface Results {
  readonly format: ResponseFormat;
  /** A JSON text a record, in the order of the records. */
  readonly results: readonly string[];
}

interface NamedResult {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * The result of each record:
 * 1. `coordinates`: a list of `{"payload":{"result":…,"topic":…,"partition":…,"offset":…}}`, in any order, one for each
 *    record and no other;
 * 2. `positions`: any other list with as many elements as there are records, in their order;
 * 3. `whole`: anything else, also a list of another length; each record gets the whole response.
 *
 * A list whose elements all name coordinates, but not those of the records one to one, is the third format: by position
 * a result could be ascribed to a record of which it doesn't speak.
 *
 * @param body the response as the function's runtime wrote it
 */
export function matchResponse(
  body: string,
  source: TopicPartition,
  records: readonly Pick<SourceRecord, "offset">[],
): Results {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // Runtimes written by users may answer with any bytes.
    return whole(JSON.stringify(body), records.length);
  }
  if (!Array.isArray(parsed) || parsed.length !== records.length) return whole(body, records.length);
  if (!parsed.every(isNamed)) return { format: "positions", results: elementsOf(body) };
  const order = positions(parsed.map(coordinatesOf), source, records);
  if (order === undefined) return whole(body, records.length);
  const texts = elementsOf(body);
  const results = order.map((index) => memberOf(memberOf(texts[index] as string, "payload") as string, "result"));
  return { format: "coordinates", results: results as string[] };
}

function whole(text: string, count: number): Results {
  return { format: "whole", results: Array.from({ length: count }, () => text) };
}

function isNamed(element: unknown): boolean {
  if (!isObject(element) || !isObject(element.payload)) return false;
  const { topic, partition, offset } = element.payload;
  const isPlace = typeof topic === "string" && typeof partition === "number" && typeof offset === "number";
  return isPlace && Object.hasOwn(element.payload, "result");
}

function coordinatesOf(element: { readonly payload: NamedResult }): NamedResult {
  return element.payload;
}

/** Which element of the list speaks of each record; undefined when it isn't one to one. */
function positions(
  named: readonly NamedResult[],
  source: TopicPartition,
  records: readonly Pick<SourceRecord, "offset">[],
): number[] | undefined {
  const byOffset = new Map<number, number>();
  for (const [index, { topic, partition, offset }] of named.entries()) {
    if (topic !== source.topic || partition !== source.partition || byOffset.has(offset)) return undefined;
    byOffset.set(offset, index);
  }
  const order: number[] = [];
  for (const { offset } of records) {
    const index = byOffset.get(Number(offset));
    if (index === undefined) return undefined;
    order.push(index);
  }
  return order;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
