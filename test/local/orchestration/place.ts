/** Where the tests take place, and what executions have left there. */
import { type DynamoDB, paginateScan } from "@aws-sdk/client-dynamodb";
import type { ECS } from "@aws-sdk/client-ecs";
import type { IAM } from "@aws-sdk/client-iam";
import type { S3 } from "@aws-sdk/client-s3";
import type { SFN } from "@aws-sdk/client-sfn";
import type { FivetranServer } from "../../../local/fivetran";
import type { Services } from "../../../local/processes/services";
import type { Group } from "./groups";
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

/** Tokens and locks in a group's table; of one execution, where it is given. */
export async function leftIn(
  { dynamoDb, outputs }: Place,
  group: Group,
  execution?: string,
): Promise<{ tokens: string[]; locks: string[] }> {
  const items: { pk: string; execution: string; token: boolean }[] = [];
  const table = { TableName: outputs[group].waitsTableName, ConsistentRead: true };
  for await (const { Items = [] } of paginateScan({ client: dynamoDb }, table)) {
    for (const { pk, execution: owner, token } of Items) {
      items.push({ pk: pk?.S ?? "", execution: owner?.S ?? "", token: token !== undefined });
    }
  }
  const own = items.filter((item) => execution === undefined || item.execution === execution);
  return {
    tokens: own.filter(({ token }) => token).map(({ pk }) => pk),
    locks: own.filter(({ pk }) => pk === "#lock").map((item) => item.execution),
  };
}
