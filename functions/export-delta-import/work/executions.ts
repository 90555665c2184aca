import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { isNamed } from "../../shared/retry";
import type { TableRef } from "../control/ports";

/** Starts an execution for a table; one of that name that was started before is as good. */
export function starter(client: SFNClient, stateMachineArn: string): (table: TableRef, name: string) => Promise<void> {
  return async ({ tenant, table }, name) => {
    const input = JSON.stringify({ tenant, table });
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    } catch (error) {
      if (!isNamed(error, "ExecutionAlreadyExists")) throw error;
    }
  };
}

/** Whether an execution may still do something. One that is unknown is long gone; any other error says nothing. */
export function executionCheck(client: SFNClient): (execution: string) => Promise<boolean> {
  return async (executionArn) => {
    try {
      const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
      return status === "RUNNING" || status === "PENDING_REDRIVE";
    } catch (error) {
      return !isNamed(error, "ExecutionDoesNotExist");
    }
  };
}
