import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { PipelineCounts } from "../../shared/metrics";
import { collectMessage, type Outcome } from "./collectMessage";
import type { CollectDeadline } from "./deadline";
import type { CollectPorts } from "./ports";

/**
 * Deals with the messages of an event one after the other; one that fails comes again, the others don't.
 * @throws the first failure when every message failed, so that the function's error metric shows it.
 */
export async function collectBatch(
  event: SQSEvent,
  ports: CollectPorts,
  deadline: CollectDeadline,
  count: (counts: PipelineCounts) => void,
): Promise<SQSBatchResponse> {
  const failures: { readonly itemIdentifier: string; readonly error?: unknown }[] = [];
  for (const [index, { messageId, body }] of event.Records.entries()) {
    if (index > 0 && deadline.near()) {
      ports.log.warn("No time left for this message; it comes again", { messageId });
      failures.push({ itemIdentifier: messageId });
      continue;
    }
    try {
      await collectMessage(body, ports, deadline, (outcome) => {
        const level = outcome.state === "quarantined" || outcome.state === "unmatched" ? "warn" : "info";
        ports.log[level]("Object", { ...outcome });
        count(countsOf(outcome));
      });
    } catch (error) {
      ports.log.error("A message can't be dealt with; it comes again", { messageId, error: error as Error });
      failures.push({ itemIdentifier: messageId, error });
    }
  }
  if (failures.length === event.Records.length && failures[0]?.error !== undefined) throw failures[0].error;
  return { batchItemFailures: failures.map(({ itemIdentifier }) => ({ itemIdentifier })) };
}

function countsOf({ state, read, quarantined }: Outcome): PipelineCounts {
  if (state === "quarantined") return { FilesQuarantined: 1 };
  return read > 0 ? { RecordsRead: read, ...(quarantined > 0 ? { RecordsQuarantined: quarantined } : {}) } : {};
}
