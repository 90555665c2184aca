/** Where the tests take place, and what executions have left there. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { type DynamoDB, paginateScan } from "@aws-sdk/client-dynamodb";
import type { ECS, Task } from "@aws-sdk/client-ecs";
import type { IAM } from "@aws-sdk/client-iam";
import type { S3 } from "@aws-sdk/client-s3";
import type { SFN } from "@aws-sdk/client-sfn";
import type { FivetranServer } from "../../../local/fivetran";
import type { Services } from "../../../local/processes/services";
import type { Group } from "./groups";
import type { Run } from "./runs";
import type { Outputs } from "./stack";

export interface Place {
  readonly services: Services;
  readonly fivetran: FivetranServer;
  readonly outputs: Readonly<Record<Group, Outputs>>;
  /** Clients of the account's root, whom IAM doesn't ask. */
  readonly sfn: SFN;
  readonly dynamoDb: DynamoDB;
  readonly ecs: ECS;
  readonly iam: IAM;
  readonly s3: S3;
}

/**
 * What a group's table has; of one execution, where it is given: connections whose token nobody has come for, and locks.
 * Waits that a look has ended stay for their webhooks, and are left out.
 */
export async function leftIn(
  { dynamoDb, outputs }: Place,
  group: Group,
  execution?: string,
): Promise<{ tokens: string[]; locks: string[] }> {
  const items: { pk: string; execution: string; waiting: boolean }[] = [];
  const table = { TableName: outputs[group].waitsTableName, ConsistentRead: true };
  for await (const { Items = [] } of paginateScan({ client: dynamoDb }, table)) {
    for (const { pk, execution: owner, state } of Items) {
      items.push({ pk: pk?.S ?? "", execution: owner?.S ?? "", waiting: state?.S === "waiting" });
    }
  }
  const own = items.filter((item) => execution === undefined || item.execution === execution);
  return {
    tokens: own.filter(({ waiting }) => waiting).map(({ pk }) => pk),
    locks: own.filter(({ pk }) => pk === "#lock").map((item) => item.execution),
  };
}

/** Asserts that the execution has ended and holds nothing any more, but for waits whose syncs are still to end. */
export async function assertNothingLeft(
  place: Place,
  group: Group,
  { arn, status }: Run,
  unended: readonly string[] = [],
): Promise<void> {
  assert.notEqual(status, "RUNNING");
  await assertLeft(place, group, unended, arn);
}

/** Asserts which waits are left and that no lock is. A function may still have its last write to do as an execution ends. */
export async function assertLeft(place: Place, group: Group, unended: readonly string[], arn?: string): Promise<void> {
  const wanted = { tokens: [...unended].sort(), locks: [] };
  for (let looks = 1; ; looks++) {
    const { tokens, locks } = await leftIn(place, group, arn);
    const left = { tokens: tokens.sort(), locks };
    if (looks < 100 && !isDeepStrictEqual(left, wanted)) await sleep(200);
    else return assert.deepEqual(left, wanted, group);
  }
}

/** The dbt task of an execution. */
export async function taskOf({ ecs, outputs }: Place, group: Group, execution: string): Promise<Task | undefined> {
  const cluster = outputs[group].clusterArn;
  const name = execution.split(":").at(-1);
  for (const desiredStatus of ["RUNNING", "STOPPED"] as const) {
    const { taskArns = [] } = await ecs.listTasks({ cluster, desiredStatus });
    if (taskArns.length === 0) continue;
    const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: taskArns });
    const found = tasks.find(({ overrides }) =>
      overrides?.containerOverrides?.some(({ environment }) => environment?.some(({ value }) => value === name)),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Names of the files that dbt's container has handed in for an execution, and its summary. */
export async function artifactsOf({ s3, outputs }: Place, group: Group, { name }: Run) {
  const Bucket = outputs[group].artifactsBucketName;
  const Prefix = `runs/${name}/`;
  const { Contents = [] } = await s3.listObjectsV2({ Bucket, Prefix });
  const { Body } = await s3.getObject({ Bucket, Key: `${Prefix}summary.json` });
  const summary = JSON.parse((await Body?.transformToString()) ?? "") as { status: string; retried: boolean };
  return { files: Contents.map(({ Key = "" }) => Key.slice(Prefix.length)).sort(), summary };
}
