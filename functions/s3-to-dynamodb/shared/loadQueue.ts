import { randomUUID } from "node:crypto";
import { sourceByName } from "./config";
import type { LoadMessage, PipelineConfig } from "./contract";
import { UnreadableMessage } from "./lease";

/** A message of the load queue (FIFO), as SQS takes it. */
export interface LoadEntry {
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly MessageDeduplicationId: string;
}

/** Parts of one upload without keys that may be loaded at the same time. */
const GROUPS = 64;

export function loadEntry(config: PipelineConfig, message: LoadMessage): LoadEntry {
  const { upload, attempt, part, skip = 0 } = message;
  return {
    MessageBody: JSON.stringify(message),
    MessageGroupId: messageGroup(config, message),
    // Unique: the ledger deduplicates, and a part that is announced again on purpose must not be dropped by the queue.
    MessageDeduplicationId: `${upload.uploadId}-${attempt}-${part}-${skip}-${randomUUID()}`,
  };
}

/**
 * A group's messages follow each other. Uploads of a source with keys do, because they replace each other's items;
 * without keys every part has items of its own.
 */
export function messageGroup(config: PipelineConfig, { upload, part }: LoadMessage): string {
  const { name, keyFields } = sourceByName(config, upload.source);
  return keyFields.length > 0 ? name : `${upload.uploadId}-${part % GROUPS}`;
}

const WHO_SENDS = "Only the collect function sends to this queue.";

/** @throws UnreadableMessage when a message of the queue isn't one of ours. */
export function parseLoadMessage(body: string): LoadMessage {
  let message: Partial<LoadMessage> | null;
  try {
    message = JSON.parse(body) as Partial<LoadMessage> | null;
  } catch (cause) {
    throw new UnreadableMessage(`The message isn't JSON: ${body.slice(0, 200)}. ${WHO_SENDS}`, { cause });
  }
  const whole =
    typeof message?.upload?.uploadId === "string" &&
    typeof message.upload.source === "string" &&
    Number.isInteger(message.attempt) &&
    Number.isInteger(message.part) &&
    typeof message.landingKey === "string" &&
    Number.isInteger(message.records);
  if (!whole) {
    throw new UnreadableMessage(
      `The message lacks upload, attempt, part, landingKey or records: ${body.slice(0, 200)}. ${WHO_SENDS}`,
    );
  }
  return message as LoadMessage;
}
