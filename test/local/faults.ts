/** Things that go wrong on purpose, each put right again afterwards. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { fetchJson } from "../../local/processes/localFetch";
import { runCommand } from "../../local/setup/command";
import { cloud } from "./cloud";
import { messagesIn, until } from "./data";

export interface Fault {
  readonly service: string;
  readonly operation: string;
  readonly mode: "throttle" | "error" | "delay" | "unprocessed";
  readonly contains?: string;
  readonly count?: number;
  readonly probability?: number;
  readonly seed?: number;
  readonly milliseconds?: number;
}

interface Placed {
  /** Calls that have met the fault. */
  hits(): Promise<number>;
}

/** Runs `act` under a fault, which is taken away afterwards. */
export async function withFault<T>(fault: Fault, act: (placed: Placed) => Promise<T>): Promise<T> {
  const url = `${cloud().services.aws.endpoint}/_local/faults`;
  const { id } = await fetchJson<{ id: string }>(url, { method: "POST", body: fault });
  const hits = async (): Promise<number> => {
    const { faults } = await fetchJson<{ faults: { id: string; hits: number }[] }>(url);
    return faults.find((each) => each.id === id)?.hits ?? 0;
  };
  try {
    return await act({ hits });
  } finally {
    await fetchJson(`${url}/${id}`, { method: "DELETE" });
  }
}

export type Step = "collect" | "load";

function queueOf(step: Step): string {
  return step === "collect" ? cloud().outputs.collectQueueUrl : cloud().outputs.loadQueueUrl;
}

export function functionOf(step: Step): string {
  return step === "collect" ? cloud().outputs.collectFunctionName : cloud().outputs.loadFunctionName;
}

/** A message that fails comes back after a second instead of six minutes. */
export async function withQuickRetry<T>(step: Step, act: () => Promise<T>): Promise<T> {
  const set = (seconds: number) =>
    cloud().sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: queueOf(step), Attributes: { VisibilityTimeout: String(seconds) } }),
    );
  await set(1);
  try {
    return await act();
  } finally {
    await set(360);
  }
}

/** Waits until nobody works on a message of the step's queue, and none waits. */
export async function drained(step: Step): Promise<void> {
  const url = queueOf(step);
  await until(`${url} is empty`, async () => {
    const count = await messagesIn(url);
    return count === 0 ? true : `${count} messages`;
  });
}

/** Gives the function so little time that what it does takes several invocations. */
export async function withTimeout<T>(step: Step, seconds: number, act: () => Promise<T>): Promise<T> {
  // A changed function begins anew: what it was at work on would come back only after six minutes.
  await drained(step);
  const FunctionName = functionOf(step);
  const { Timeout } = await cloud().lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  await cloud().lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: seconds }));
  try {
    return await act();
  } finally {
    await cloud().lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout }));
  }
}

/** SIGKILL to every running process of the function. Gives their number. */
export async function killWorkers(step: Step): Promise<number> {
  const { pid } = cloud().services.aws;
  const lines = (await runCommand("ps", ["-A", "-o", "pid=,ppid=,args="])).split("\n");
  const workers = lines
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((found) => Number(found?.[2]) === pid && found?.[3]?.includes(`ministack-lambda-${functionOf(step)}-`))
    .map((found) => Number(found?.[1]));
  for (const worker of workers) process.kill(worker, "SIGKILL");
  return workers.length;
}

/** Takes the events that `act` causes off the collect queue before anybody deals with them: what S3 said, in its order. */
export async function eventsOf(count: number, act: () => Promise<unknown>): Promise<string[]> {
  const { lambda, sqs, outputs } = cloud();
  const FunctionName = functionOf("collect");
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
  const UUID = EventSourceMappings[0]?.UUID;
  const enable = (Enabled: boolean) => lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  await enable(false);
  try {
    await until("the event source is off", async () => {
      const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
      return State === "Disabled" ? true : State;
    });
    // A pass of the poller that began before may still take a message.
    await sleep(300);
    await act();
    const bodies: string[] = [];
    await until(`${count} events are on the collect queue`, async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: outputs.collectQueueUrl, MaxNumberOfMessages: 10 }),
      );
      for (const { Body = "", ReceiptHandle } of Messages) {
        bodies.push(Body);
        await sqs.send(new DeleteMessageCommand({ QueueUrl: outputs.collectQueueUrl, ReceiptHandle }));
      }
      return bodies.length >= count ? true : `${bodies.length} events`;
    });
    return bodies;
  } finally {
    await enable(true);
  }
}

export async function tellCollect(body: string): Promise<void> {
  await cloud().sqs.send(new SendMessageCommand({ QueueUrl: cloud().outputs.collectQueueUrl, MessageBody: body }));
}

/** When the events of {@link eventFor} happened. */
export const eventTime = new Date("2026-01-31T00:00:00.000Z");

/** An event as S3 sends it, written by hand. */
export function eventFor(bucket: string, key: string, etag: string, versionId?: string): string {
  const object = {
    key: encodeURIComponent(key).replaceAll("%20", "+"),
    eTag: etag,
    size: 1,
    sequencer: "1",
    versionId,
  };
  const about = { eventSource: "aws:s3", eventName: "ObjectCreated:Put", eventTime };
  return JSON.stringify({ Records: [{ ...about, s3: { bucket: { name: bucket }, object } }] });
}

/** Times that IAM was asked about an action by a role, and what it said. */
export interface Decision {
  readonly role: string | null;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly decision: string;
  readonly count: number;
}

export async function decisions(): Promise<Decision[]> {
  const { entries } = await fetchJson<{ entries: Decision[] }>(`${cloud().services.aws.endpoint}/_local/iam-ledger`);
  return entries;
}

/** Times that a function's role was allowed an action on what ends like this. */
export async function countCalls(step: Step, action: string, resourceEnd: string): Promise<number> {
  const role = `${functionOf(step)}-role`;
  return (await decisions())
    .filter((each) => each.role === role && each.action === action && each.resource.endsWith(resourceEnd))
    .reduce((sum, { count }) => sum + count, 0);
}
