import type { LoadMessage } from "../shared/contract";

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
