import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { parseCollectMessage } from "../../s3-to-dynamodb/collect/events";
import { type RegisterPorts, register } from "./register";

/** Deals with the messages one after the other; one that fails comes again, the others don't. */
export async function registerBatch(event: SQSEvent, ports: RegisterPorts): Promise<SQSBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body } of event.Records) {
    try {
      for (const object of parseCollectMessage(body).objects) await register(object, ports);
    } catch (error) {
      ports.log.error("A message can't be dealt with; it comes again", { messageId, error: error as Error });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}
