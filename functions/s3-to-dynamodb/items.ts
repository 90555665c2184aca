/** How to read what `S3ToDynamoDb` has written: neither Pulumi nor an SDK is needed. */
import { type ItemKey, joinKeyValues, itemKey as keyAt, partitionKey } from "./shared/itemKey";

export type { ItemKey } from "./shared/itemKey";

/** A source's `shards` where it doesn't say. */
export const DEFAULT_SHARDS = 8;

/**
 * The primary key of the item of a source with `keyFields`.
 *
 * ```ts
 * const { Item } = await documents.get({ TableName: table, Key: itemKey("orders", ["A-17", "2"]) });
 * ```
 *
 * @param values the key fields' values as they are written in the file, in the order of `keyFields`
 * @param shards the source's `shards`
 */
export function itemKey(source: string, values: readonly string[], shards = DEFAULT_SHARDS): ItemKey {
  return keyAt(source, joinKeyValues(values), shards);
}

/** Every partition key of a source: its items are those of all of them. */
export function partitionKeys(source: string, shards = DEFAULT_SHARDS): string[] {
  return Array.from({ length: shards }, (_, shard) => partitionKey(source, shard));
}

/** A query of the document client: one page of a partition. */
export interface ItemsQuery {
  readonly TableName: string;
  readonly KeyConditionExpression: "pk = :pk";
  readonly ExpressionAttributeValues: { readonly ":pk": string };
  readonly ExclusiveStartKey?: Record<string, unknown>;
}

export interface ItemsPage<T> {
  readonly Items?: readonly T[];
  readonly LastEvaluatedKey?: Record<string, unknown>;
}

/**
 * All items of a source, partition by partition, page by page.
 *
 * ```ts
 * for await (const item of sourceItems((query) => documents.query(query), { tableName: table, source: "orders" })) …
 * ```
 */
export async function* sourceItems<T>(
  query: (input: ItemsQuery) => Promise<ItemsPage<T>>,
  { tableName, source, shards }: { readonly tableName: string; readonly source: string; readonly shards?: number },
): AsyncGenerator<T> {
  for (const pk of partitionKeys(source, shards)) {
    let start: Record<string, unknown> | undefined;
    do {
      const page: ItemsPage<T> = await query({
        TableName: tableName,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": pk },
        ExclusiveStartKey: start,
      });
      yield* page.Items ?? [];
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }
}
