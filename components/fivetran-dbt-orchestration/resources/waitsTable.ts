import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arnOf } from "../../parts/account";
import type { Context } from "../../parts/context";
import { holdsData } from "../../parts/dataProtection";
import { physicalName } from "../../parts/naming";

export interface WaitsTable {
  readonly table: aws.dynamodb.Table;
  /** Known at preview. */
  readonly arn: pulumi.Output<string>;
}

/**
 * The task tokens that are waited for, by connection; the index `execution` finds what an execution has left. Encrypted,
 * with point-in-time recovery; what nobody came for expires.
 */
export function waitsTable(context: Context): WaitsTable {
  const name = physicalName(context.name, "waits", "table");
  const table = new aws.dynamodb.Table(
    `${context.name}-waits`,
    {
      name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      rangeKey: "sk",
      attributes: ["pk", "sk", "execution"].map((attribute) => ({ name: attribute, type: "S" })),
      globalSecondaryIndexes: [{ name: "execution", hashKey: "execution", projectionType: "KEYS_ONLY" }],
      ttl: { attributeName: "expiresAt", enabled: true },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
      deletionProtectionEnabled: !context.allowDestroy,
      tags: context.tags,
    },
    holdsData(context),
  );
  return { table, arn: arnOf(context.account, "dynamodb", `table/${name}`) };
}
