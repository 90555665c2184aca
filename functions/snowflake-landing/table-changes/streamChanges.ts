import type { DynamoDBRecord } from "aws-lambda";
import { type Change, changeLine } from "../changes/changeLine";

/** What became of a batch: the lines of the records up to the first that can't be written. */
export interface BatchLines {
  readonly lines: readonly string[];
  /** Sequence number of the first record in the lines. */
  readonly first?: string;
  /** When the first record was made. */
  readonly at?: string;
  readonly failed?: { readonly sequence: string; readonly reason: string };
}

/** Stops at the first record that can't be written: Lambda resumes there, and in the end hands it over alone. */
export function batchLines(records: readonly DynamoDBRecord[], keyAttributes: readonly string[]): BatchLines {
  const lines: string[] = [];
  let start: { first?: string; at?: string } = {};
  for (const record of records) {
    const sequence = record.dynamodb?.SequenceNumber ?? "";
    try {
      const change = changeOf(record);
      lines.push(changeLine(change, keyAttributes));
      if (lines.length === 1) start = { first: change.sequence, at: change.at };
    } catch (error) {
      return { lines, ...start, failed: { sequence, reason: error instanceof Error ? error.message : String(error) } };
    }
  }
  return { lines, ...start };
}

function changeOf({ eventName, dynamodb }: DynamoDBRecord): Change {
  if (eventName === undefined || dynamodb?.Keys === undefined || dynamodb.SequenceNumber === undefined) {
    throw new Error("a record without eventName, Keys or SequenceNumber; this function reads DynamoDB streams only");
  }
  if (dynamodb.ApproximateCreationDateTime === undefined) throw new Error("a record without its time");
  const change = {
    op: eventName,
    keys: dynamodb.Keys,
    sequence: dynamodb.SequenceNumber,
    at: new Date(dynamodb.ApproximateCreationDateTime * 1000).toISOString(),
  };
  if (eventName === "REMOVE") return change;
  if (dynamodb.NewImage === undefined) {
    throw new Error(
      `a ${eventName} without the new item; the stream's view type is ${dynamodb.StreamViewType}. Fix: set it to NEW_IMAGE`,
    );
  }
  return { ...change, item: dynamodb.NewImage };
}
