import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arnOf } from "../parts/account";
import type { Context } from "../parts/context";
import { holdsData } from "../parts/dataProtection";
import { physicalName } from "../parts/naming";

export interface KeyedTable {
  readonly table: aws.dynamodb.Table;
  readonly tableName: string;
  /** Known at preview. */
  readonly tableArn: pulumi.Output<string>;
}

/** A table with keys pk and sk (text), billed on demand, with point-in-time recovery and protected against deletion. */
export function keyedTable(context: Context, part: string, stream: boolean): KeyedTable {
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
      ...(stream ? { streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES" } : {}),
      tags: context.tags,
    },
    holdsData(context),
  );
  return { table, tableName, tableArn: arnOf(context.account, "dynamodb", `table/${tableName}`) };
}
