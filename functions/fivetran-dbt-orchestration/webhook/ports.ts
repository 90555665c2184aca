import { createHash } from "node:crypto";
import { type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { Log } from "../../shared/log";
import type { OrchestrationCounts } from "../../shared/metrics";
import { isNamed } from "../../shared/retry";
import type { Tasks } from "../waits/tasks";
import type { WaitTable } from "../waits/waits";
import type { SyncEnd } from "./syncEnd";

/** What the webhook needs of the world. */
export interface WebhookPorts {
  /** @param renew the one given before didn't fit; it may have been rotated */
  readonly secret: (renew: boolean) => Promise<string>;
  readonly waits: Pick<WaitTable, "waitsFor" | "take" | "reopen" | "remove" | "noteWebhook" | "sawWebhook">;
  readonly tasks: Tasks;
  readonly executions: Executions;
  readonly log: Pick<Log, "info" | "warn">;
  readonly count: (counts: OrchestrationCounts) => void;
  readonly now: () => Date;
  readonly groupId: string;
  /** Connections whose syncs start an execution. */
  readonly startOn: ReadonlySet<string>;
}

export interface Executions {
  /** @returns false when an execution of that name was started before */
  start(name: string, input: Readonly<Record<string, unknown>>): Promise<boolean>;
}

/** Step Functions takes 80 characters. */
const MAX_NAME = 80;

/** The execution's name. Made from the sync id, and Step Functions keeps names for 90 days: one sync starts one. */
export function executionName({ connectionId, syncId }: Pick<SyncEnd, "connectionId" | "syncId">): string {
  const plain = `fivetran-${syncId}`;
  if (/^[A-Za-z0-9_-]+$/.test(plain) && plain.length <= MAX_NAME) return plain;
  const hash = createHash("sha256").update(`${connectionId}\n${syncId}`).digest("hex").slice(0, 32);
  return `fivetran-${hash}`;
}

export class SfnExecutions implements Executions {
  constructor(
    private readonly client: SFNClient,
    private readonly stateMachineArn: string,
  ) {}

  async start(name: string, input: Readonly<Record<string, unknown>>): Promise<boolean> {
    try {
      await this.client.send(
        new StartExecutionCommand({ stateMachineArn: this.stateMachineArn, name, input: JSON.stringify(input) }),
      );
      return true;
    } catch (error) {
      if (isNamed(error, "ExecutionAlreadyExists")) return false;
      throw error;
    }
  }
}
