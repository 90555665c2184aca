import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arnOf } from "./account";
import type { Context } from "./context";
import { holdsData } from "./dataProtection";
import { physicalName } from "./naming";

export interface KeyedTable {
  readonly table: aws.dynamodb.Table;
  readonly tableName: string;
  /** Known at preview. */
  readonly tableArn: pulumi.Output<string>;
}

export interface KeyedTableArgs {
  /** A stream of new images. @default false */
  readonly stream?: boolean;
  /** Items go when their `expiresAt` (Unix seconds) has passed. @default false */
  readonly expires?: boolean;
  /** @default DynamoDB's own quota */
  readonly maxWriteRequestUnits?: number;
}

/** A table with keys pk and sk (text), billed on demand, with point-in-time recovery and protected against deletion. */
export function keyedTable(
  context: Context,
  part: string,
  { stream = false, expires = false, maxWriteRequestUnits }: KeyedTableArgs,
): KeyedTable {
  const tableName = physicalName(context.name, part, "table");
  const table = new aws.dynamodb.Table(
    `${context.name}-${part}`,
    {
      name: tableName,
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      rangeKey: "sk",
      attributes: [
        { name: "pk", type: "S" },
        { name: "sk", type: "S" },
      ],
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
      deletionProtectionEnabled: !context.allowDestroy,
      ttl: expires ? { attributeName: "expiresAt", enabled: true } : undefined,
      onDemandThroughput: maxWriteRequestUnits === undefined ? undefined : { maxWriteRequestUnits },
      streamEnabled: stream || undefined,
      // Whoever reads it wants the items as they are; of a deleted one its key is enough.
      streamViewType: stream ? "NEW_IMAGE" : undefined,
      tags: context.tags,
    },
    holdsData(context),
  );
  return { table, tableName, tableArn: arnOf(context.account, "dynamodb", `table/${tableName}`) };
}
