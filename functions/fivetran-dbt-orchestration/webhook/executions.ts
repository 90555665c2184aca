import { createHash } from "node:crypto";
import { type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { isNamed } from "../../shared/retry";
import type { Executions } from "./ports";
import type { SyncEnd } from "./syncEnd";

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
