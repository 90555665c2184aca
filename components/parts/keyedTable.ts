import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arnOf } from "./account";
import { type Context, holdsData } from "./context";
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

/** A table of data, with point-in-time recovery and protected against deletion. Keys `pk` and `sk`. */
export function keyedTable(
  context: Context,
  part: string,
  { stream = false, expires = false, maxWriteRequestUnits }: KeyedTableArgs,
): KeyedTable {
  const own = {
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: !context.allowDestroy,
    onDemandThroughput: maxWriteRequestUnits === undefined ? undefined : { maxWriteRequestUnits },
    streamEnabled: stream || undefined,
    // Readers want the items as they are; of a deleted one its key is enough.
    streamViewType: stream ? "NEW_IMAGE" : undefined,
  };
  return tableWith(context, part, expires, own, holdsData(context));
}

/**
 * A table for what a pipeline needs to know while it works: locks, tokens, positions. Keys `pk` and `sk`; items go when
 * `expiresAt` (Unix seconds) has passed. It isn't protected like data: what it holds lasts as long as a run, and the
 * next run makes it anew.
 */
export function operationalTable(context: Context, part: string): KeyedTable {
  return tableWith(context, part, true, {}, { parent: context.parent });
}

/** Both keys are texts; encrypted, and billed on demand. */
function tableWith(
  context: Context,
  part: string,
  expires: boolean,
  own: Partial<aws.dynamodb.TableArgs>,
  options: pulumi.CustomResourceOptions,
): KeyedTable {
  const tableName = physicalName(context.name, part, "table");
  const args = {
    name: tableName,
    billingMode: "PAY_PER_REQUEST",
    hashKey: "pk",
    rangeKey: "sk",
    attributes: ["pk", "sk"].map((name) => ({ name, type: "S" })),
    serverSideEncryption: { enabled: true },
    ttl: expires ? { attributeName: "expiresAt", enabled: true } : undefined,
    tags: context.tags,
    ...own,
  };
  const table = new aws.dynamodb.Table(`${context.name}-${part}`, args, options);
  return { table, tableName, tableArn: arnOf(context.account, "dynamodb", `table/${tableName}`) };
}
