import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { isNamed } from "../../shared/retry";

/** Step Functions takes 32 768 characters of cause. */
const MAX_CAUSE = 32_000;

/** Ends the tasks of executions by their tokens. Both answer false when the task is over already. */
export interface Tasks {
  succeed(token: string, output: Readonly<Record<string, unknown>>): Promise<boolean>;
  /** @param error the name that Catch and Retry see */
  fail(token: string, error: string, cause: Readonly<Record<string, unknown>> & TaskCause): Promise<boolean>;
}

export interface TaskCause {
  readonly connection_id: string;
  readonly reason: string;
  readonly log_url: string;
}

/** What comes for a token whose task has timed out, was completed before, or belongs to an execution that is gone. */
const OVER = ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"];

export class SfnTasks implements Tasks {
  constructor(private readonly client: SFNClient) {}

  succeed(taskToken: string, output: Readonly<Record<string, unknown>>): Promise<boolean> {
    return unlessOver(this.client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })));
  }

  fail(taskToken: string, error: string, cause: Readonly<Record<string, unknown>> & TaskCause): Promise<boolean> {
    return unlessOver(this.client.send(new SendTaskFailureCommand({ taskToken, error, cause: causeText(cause) })));
  }
}

/** The cause as JSON text that Step Functions takes: a reason that is too long is cut. */
export function causeText(cause: Readonly<Record<string, unknown>> & TaskCause): string {
  const text = JSON.stringify(cause);
  if (text.length <= MAX_CAUSE) return text;
  // Escaping may make the reason up to six times as long, so a share of the length is enough.
  return JSON.stringify({ ...cause, reason: `${cause.reason.slice(0, 4_000)}…` });
}

async function unlessOver(sent: Promise<unknown>): Promise<boolean> {
  try {
    await sent;
    return true;
  } catch (error) {
    if (OVER.some((name) => isNamed(error, name))) return false;
    throw error;
  }
}
