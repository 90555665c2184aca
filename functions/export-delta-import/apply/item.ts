import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { itemKey, joinKeyValues } from "../../s3-to-dynamodb/shared/itemKey";
import { type AppliedValue, keyText, type StreamOperation } from "./operation";

export type Item = Record<string, AttributeValue>;

/** Where a row lies in the table: `TENANT/TABLE#<shard>` and its key's values. */
export function targetKey(
  { tenant, table, key }: Pick<StreamOperation, "tenant" | "table" | "key">,
  shards: number,
): { readonly pk: string; readonly sk: string } {
  return itemKey(`${tenant}/${table}`, joinKeyValues(Object.values(key).map(keyText)), shards);
}

/** A row as an item. @param order of the version that it is of */
export function targetItem(operation: StreamOperation, order: string, shards: number): Item {
  const { pk, sk } = targetKey(operation, shards);
  return {
    ...Object.fromEntries(Object.entries(operation.row ?? {}).map(([name, value]) => [name, attribute(value)])),
    pk: { S: pk },
    sk: { S: sk },
    _tenant: { S: operation.tenant },
    _table: { S: operation.table },
    _version: { S: operation.version },
    _order: { S: order },
  };
}

function attribute(value: AppliedValue): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === "string") return { S: value };
  return typeof value === "boolean" ? { BOOL: value } : { N: value.digits };
}
