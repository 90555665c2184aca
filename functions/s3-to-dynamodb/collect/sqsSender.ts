import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { fullJitter, sleep } from "../../shared/retry";
import type { LoadMessage, PipelineConfig } from "../shared/contract";
import { loadEntry } from "../shared/loadQueue";
import type { Attempt } from "../shared/upload";
import type { MessageSender } from "./ports";

/** SQS takes no more at once. */
const BATCH = 10;
const MAX_ATTEMPTS = 6;

/** The load queue (FIFO), and the function's own for continuations. */
export class SqsSender implements MessageSender {
  /** @param pause waits before what SQS didn't take is sent again. @default as long as is asked for */
  constructor(
    private readonly sqs: Pick<SQSClient, "send">,
    private readonly config: PipelineConfig,
    private readonly loadQueueUrl: string,
    private readonly collectQueueUrl: string,
    private readonly pause: (ms: number) => Promise<void> = sleep,
  ) {}

  async sendLoad(messages: readonly LoadMessage[]): Promise<void> {
    for (let start = 0; start < messages.length; start += BATCH) {
      const batch = messages.slice(start, start + BATCH);
      await this.sendBatch(batch.map((each, index) => ({ Id: String(index), ...loadEntry(this.config, each) })));
    }
  }

  async sendContinuation({ upload, attempt }: Attempt): Promise<void> {
    // The checkpoint stands in the ledger: with many columns it is too long for a message.
    const MessageBody = JSON.stringify({ continue: { upload, attempt } });
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.collectQueueUrl, MessageBody }));
  }

  private async sendBatch(entries: readonly SendMessageBatchRequestEntry[]): Promise<void> {
    let pending = entries;
    for (let attempt = 0; pending.length > 0; attempt++) {
      if (attempt > 0) await this.pause(fullJitter(attempt, 100));
      const { Failed = [] } = await this.sqs.send(
        new SendMessageBatchCommand({ QueueUrl: this.loadQueueUrl, Entries: [...pending] }),
      );
      const fault = Failed.find(({ SenderFault }) => SenderFault);
      if (fault !== undefined || (Failed.length > 0 && attempt + 1 >= MAX_ATTEMPTS)) {
        const { Code, Message } = fault ?? (Failed[0] as (typeof Failed)[number]);
        throw new Error(`The load queue refuses ${Failed.length} messages: ${Code} ${Message ?? ""}`.trim());
      }
      const failed = new Set(Failed.map(({ Id }) => Id));
      pending = pending.filter(({ Id }) => failed.has(Id));
    }
  }
}
