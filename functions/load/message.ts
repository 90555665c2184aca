import type { LoadMessage, SourceConfig } from "../shared/contract";

/** @throws Error when a message of the queue isn't one of ours. */
export function parseLoadMessage(body: string): LoadMessage {
  let message: Partial<LoadMessage> | null;
  try {
    message = JSON.parse(body) as Partial<LoadMessage> | null;
  } catch (cause) {
    throw new Error(`The message isn't JSON: ${body.slice(0, 200)}. Only the collect function sends to this queue.`, {
      cause,
    });
  }
  const whole =
    typeof message?.upload?.uploadId === "string" &&
    typeof message.upload.source === "string" &&
    Number.isInteger(message.part) &&
    typeof message.landingKey === "string" &&
    Number.isInteger(message.records);
  if (!whole) {
    throw new Error(
      `The message lacks upload, part, landingKey or records: ${body.slice(0, 200)}. Only the collect function sends to this queue.`,
    );
  }
  return message as LoadMessage;
}

/** Uploads of a source with keys follow each other; without keys they have nothing to do with each other. */
export function messageGroup(source: SourceConfig, message: LoadMessage): string {
  return source.keyFields.length > 0 ? source.name : message.upload.uploadId;
}
