import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Log } from "../../shared/log";
import type { PipelineCounts } from "../../shared/metrics";
import type { Deadline } from "../shared/deadline";
import type { Hold } from "../shared/lease";
import { parseLoadMessage } from "../shared/loadQueue";
import { type LoadPorts, loadPart } from "./loadPart";

/**
 * Loads the parts that the queue names, one after the other. A FIFO queue's messages have to be dealt with in order, so
 * the first failure ends the batch.
 * @throws the failure of the first message, so that the function's error metric shows it.
 */
export async function loadBatch(
  event: SQSEvent,
  ports: LoadPorts & { readonly log: Pick<Log, "error"> },
  deadline: Deadline,
  hold: Hold,
  count: (counts: PipelineCounts) => void,
): Promise<SQSBatchResponse> {
  for (const [index, record] of event.Records.entries()) {
    try {
      await hold(record, deadline, async (until) => {
        const message = parseLoadMessage(record.body);
        const about = { source: message.upload.source, uploadId: message.upload.uploadId, part: message.part };
        const { state, loaded, quarantined, throttles } = await loadPart(message, ports, until);
        ports.log.info("Part", { ...about, state, loaded, quarantined, throttles });
        count({ RecordsLoaded: loaded, RecordsQuarantined: quarantined, Throttles: throttles });
      });
    } catch (error) {
      if (index === 0) throw error;
      ports.log.error("A part can't be loaded; it and the messages after it come again", error as Error);
      return { batchItemFailures: event.Records.slice(index).map(({ messageId }) => ({ itemIdentifier: messageId })) };
    }
  }
  return { batchItemFailures: [] };
}
