/** Executions of the state machines: started, waited for, and looked at. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type DescribeExecutionCommandOutput,
  type HistoryEvent,
  paginateGetExecutionHistory,
  type SFN,
} from "@aws-sdk/client-sfn";

export interface Run {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly error: string;
  readonly cause: string;
  readonly output: Output;
  readonly seconds: number;
  readonly history: readonly HistoryEvent[];
}

interface Output {
  readonly status?: string;
  readonly reason?: string;
  readonly connections?: number;
  readonly synced?: number;
  readonly skipped?: readonly string[];
  readonly failed?: readonly { readonly connection_id: string; readonly error: string }[];
  readonly dbt?: string;
}

export interface Started {
  readonly arn: string;
  readonly ended: Promise<Run>;
}

export async function start(sfn: SFN, stateMachineArn: string, input: object = {}): Promise<Started> {
  const { executionArn = "" } = await sfn.startExecution({ stateMachineArn, input: JSON.stringify(input) });
  return { arn: executionArn, ended: ended(sfn, executionArn) };
}

export async function run(sfn: SFN, stateMachineArn: string, input: object = {}): Promise<Run> {
  return (await start(sfn, stateMachineArn, input)).ended;
}

export async function ended(sfn: SFN, executionArn: string): Promise<Run> {
  const execution = await eventually(`${executionArn} ends`, async () => {
    const now = await sfn.describeExecution({ executionArn });
    return now.status === "RUNNING" ? undefined : now;
  });
  return { ...told(execution), arn: executionArn, history: await historyOf(sfn, executionArn) };
}

function told(execution: DescribeExecutionCommandOutput): Omit<Run, "arn" | "history"> {
  const { name = "", status = "", error = "", cause = "", output, startDate, stopDate } = execution;
  const seconds = (Number(stopDate) - Number(startDate)) / 1_000;
  return { name, status, error, cause, seconds, output: JSON.parse(output ?? "{}") as Output };
}

export async function historyOf(sfn: SFN, executionArn: string): Promise<readonly HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client: sfn }, { executionArn })) {
    events.push(...(page.events ?? []));
  }
  return events;
}

/** The states that were entered, each time. */
export function states({ history }: Pick<Run, "history">): string[] {
  return history.flatMap(({ stateEnteredEventDetails: entered }) => (entered?.name ? [entered.name] : []));
}

/** How each connection of an inline Map ended: its status, or its error. */
export function ends({ history }: Pick<Run, "history">): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { stateExitedEventDetails: exited } of history) {
    if (exited?.name !== "Connection result") continue;
    const { id, status, error } = JSON.parse(exited.output ?? "{}");
    found[id] = error ?? status;
  }
  return found;
}

/** The connection of each call of sync-connection by an inline Map. */
export function looks({ history }: Pick<Run, "history">): string[] {
  return history.flatMap(({ taskScheduledEventDetails: task }) => {
    const { Payload } = JSON.parse(task?.parameters ?? "{}");
    return Payload?.task_token === undefined ? [] : [String(Payload.connection_id)];
  });
}

/** Seconds from the first state of each connection of an inline Map to its last, by the history's own times. */
export function durations({ history }: Pick<Run, "history">): Record<string, number> {
  const begun = new Map<string, number>();
  const found: Record<string, number> = {};
  for (const { timestamp, stateEnteredEventDetails: entered, stateExitedEventDetails: exited } of history) {
    if (entered?.name === "Begin connection") {
      begun.set(JSON.parse(entered.input ?? "{}").connection_id, Number(timestamp));
    } else if (exited?.name === "Connection result") {
      const { id } = JSON.parse(exited.output ?? "{}");
      found[id] = (Number(timestamp) - (begun.get(id) ?? Number.NaN)) / 1_000;
    }
  }
  return found;
}

/** Looks ten times a second. @throws Error after more than three minutes, which no scenario takes */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 2_000; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(100);
  }
  throw new Error(`Not within three minutes: ${what}`);
}

/** A run that must have succeeded. */
export function assertSucceeded({ status, error, cause, output }: Run): void {
  assert.equal(status, "SUCCEEDED", `${error}: ${cause}`);
  assert.equal(output.dbt, "SUCCEEDED", JSON.stringify(output));
}
