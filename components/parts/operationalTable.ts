import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arnOf } from "./account";
import type { Context } from "./context";
import { physicalName } from "./naming";

export interface OperationalTable {
  readonly table: aws.dynamodb.Table;
  /** Known at preview, like the ARN. */
  readonly tableName: string;
  readonly arn: pulumi.Output<string>;
}

/**
 * A table for what a pipeline needs to know while it works: locks, tokens, positions. Keys `pk` and `sk`, both texts;
 * items go when `expiresAt` (Unix seconds) has passed. Encrypted. It isn't protected like data: what it holds lasts as
 * long as a run and is made anew by the next one.
 */
export function operationalTable(context: Context, part: string): OperationalTable {
  const tableName = physicalName(context.name, part, "table");
  const table = new aws.dynamodb.Table(
    `${context.name}-${part}`,
    {
      name: tableName,
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      rangeKey: "sk",
      attributes: ["pk", "sk"].map((name) => ({ name, type: "S" })),
      ttl: { attributeName: "expiresAt", enabled: true },
      serverSideEncryption: { enabled: true },
      tags: context.tags,
    },
    { parent: context.parent },
  );
  return { table, tableName, arn: arnOf(context.account, "dynamodb", `table/${tableName}`) };
}
