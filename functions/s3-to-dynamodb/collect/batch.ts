import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { PipelineCounts } from "../../shared/metrics";
import { allOf } from "../../shared/retry";
import type { Deadline } from "../shared/deadline";
import type { Hold } from "../shared/lease";
import { collectMessage, type Outcome } from "./collectMessage";
import type { CollectPorts } from "./ports";

/**
 * Deals with the messages of an event one after the other; one that fails comes again, the others don't.
 * @throws what has gone wrong when every message failed, so that the function's error metric shows it.
 */
export async function collectBatch(
  event: SQSEvent,
  ports: CollectPorts,
  deadline: Deadline,
  hold: Hold,
  count: (counts: PipelineCounts) => void,
): Promise<SQSBatchResponse> {
  const tell = (outcome: Outcome): void => {
    const level = outcome.state === "quarantined" || outcome.state === "unmatched" ? "warn" : "info";
    ports.log[level]("Object", { ...outcome });
    count(countsOf(outcome));
  };
  const failed: string[] = [];
  const errors: unknown[] = [];
  for (const [index, record] of event.Records.entries()) {
    const { messageId, body } = record;
    if (index > 0 && deadline.near()) {
      ports.log.warn("No time left for this message; it comes again", { messageId });
      failed.push(messageId);
      continue;
    }
    try {
      await hold(record, deadline, (until) => collectMessage(body, ports, until, tell));
    } catch (error) {
      ports.log.error("A message can't be dealt with; it comes again", { messageId, error: error as Error });
      failed.push(messageId);
      errors.push(error);
    }
  }
  if (errors.length === event.Records.length) throw allOf(errors);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

function countsOf({ state, read, quarantined }: Outcome): PipelineCounts {
  if (state === "quarantined") return { FilesQuarantined: 1 };
  return read > 0 ? { RecordsRead: read, ...(quarantined > 0 ? { RecordsQuarantined: quarantined } : {}) } : {};
}
