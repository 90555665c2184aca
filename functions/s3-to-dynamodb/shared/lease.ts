import { ChangeMessageVisibilityCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import type { Log } from "../../shared/log";
import type { Deadline } from "../shared/deadline";

/** The message can't become another one by being tried again. */
export class UnreadableMessage extends Error {
  override readonly name = "UnreadableMessage";
}

/** Works on a message while it is kept from everybody else. */
export type Hold = <T>(record: SQSRecord, deadline: Deadline, work: (deadline: Deadline) => Promise<T>) => Promise<T>;

export interface LeaseOptions {
  readonly sqs: Pick<SQSClient, "send">;
  readonly queueUrl: string;
  readonly log: Pick<Log, "warn">;
  /** Milliseconds of some clock. @default the process's */
  readonly now?: () => number;
  /** Acts again and again until it is stopped. @default setInterval */
  readonly every?: (ms: number, act: () => void) => { stop(): void };
}

/**
 * Keeps the messages of a queue from everybody else while they are worked on, by short leases that are renewed. So a
 * message whose process has died comes back within a minute or two, however long the function may run; and one that
 * Lambda hands over late isn't worked on by two at once.
 */
export class Leases {
  constructor(private readonly options: LeaseOptions) {}

  /**
   * Works on messages. One that fails comes back after a short, growing while. The deadline that the work gets is the
   * invocation's, and ends with the lease too if that can't be renewed.
   * @param remainingMs the Lambda context's getRemainingTimeInMillis.
   * @throws what `work` throws; the queue's error when the message isn't this invocation's any more
   */
  holder(remainingMs: () => number): Hold {
    return (record, deadline, work) => this.hold(record, deadline, leaseSeconds(remainingMs()), work);
  }

  private async hold<T>(
    record: SQSRecord,
    deadline: Deadline,
    seconds: number,
    work: (deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    const { now = () => performance.now(), every = repeat, log } = this.options;
    await this.setVisibility(record, seconds);
    let renewedAt = now();
    let renewal = Promise.resolve();
    const renew = async (): Promise<void> => {
      const asked = now();
      try {
        await this.setVisibility(record, seconds);
        renewedAt = asked;
      } catch (error) {
        log.warn("A message's lease can't be renewed", error as Error);
      }
    };
    const timer = every((seconds * 1000) / 4, () => {
      renewal = renewal.then(renew);
    });
    const isLost = (): boolean => now() - renewedAt > seconds * 1000 * LOST_AFTER;
    try {
      return await work({ near: () => deadline.near() || isLost(), over: () => deadline.over() || isLost() });
    } catch (error) {
      timer.stop();
      await renewal;
      await this.backOff(record, error);
      throw error;
    } finally {
      timer.stop();
      await renewal;
    }
  }

  private async backOff(record: SQSRecord, error: unknown): Promise<void> {
    const receives = Number(record.attributes.ApproximateReceiveCount);
    const seconds = error instanceof UnreadableMessage ? 1 : backOffSeconds(receives);
    try {
      await this.setVisibility(record, seconds);
    } catch (cause) {
      this.options.log.warn("A message that failed comes back later than it could", cause as Error);
    }
  }

  private async setVisibility({ receiptHandle }: SQSRecord, seconds: number): Promise<void> {
    await this.options.sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.options.queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  }
}

/** Of a lease that isn't renewed: the rest is for what is on its way. */
const LOST_AFTER = 0.6;

/** A quarter of the invocation's time, within bounds. */
export function leaseSeconds(remainingMs: number): number {
  return Math.round(Math.min(120, Math.max(30, remainingMs / 4000)));
}

/** 10 s, 30 s, 90 s, 270 s: a part that always fails is in the dead-letter queue within some minutes. */
export function backOffSeconds(receives: number): number {
  return 10 * 3 ** Math.min(Math.max(receives, 1) - 1, 4);
}

function repeat(ms: number, act: () => void): { stop(): void } {
  const timer = setInterval(act, ms);
  return { stop: () => clearInterval(timer) };
}
