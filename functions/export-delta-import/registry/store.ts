import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  type TransactionCanceledException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { isNamed } from "../../shared/retry";

export interface StoreKey {
  readonly pk: string;
  readonly sk: string;
}

/** An item with the number of times it was written. */
export interface Stored<T> {
  readonly item: T;
  readonly revision: number;
}

/** An item to be written if nobody has written it since it was read. */
export interface Change {
  readonly key: StoreKey;
  /** As it was read; 0: it wasn't there. */
  readonly revision: number;
  readonly item: object;
  /** Unix time in seconds at which it may be removed. @default never */
  readonly expiresAt?: number;
}

/**
 * A table of items that are read, thought about and written back whole. Whoever read an older state writes nothing: all
 * rules of registry and lock are plain code over what was read, and no two of them can be carried out at once.
 */
export interface Store {
  get<T>(key: StoreKey): Promise<Stored<T> | undefined>;
  /** In the order of the sort keys. */
  query<T>(pk: string, prefix: string): Promise<Stored<T>[]>;
  /** All or nothing. @returns false when one of the items was written by somebody else meanwhile */
  write(changes: readonly Change[]): Promise<boolean>;
}

type Item = Record<string, AttributeValue>;

/** Partition key `pk`, sort key `sk`, TTL `expiresAt`. Every read is consistent. */
export class DynamoDbStore implements Store {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async get<T>(key: StoreKey): Promise<Stored<T> | undefined> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.table, Key: keyItem(key), ConsistentRead: true }),
    );
    return Item === undefined ? undefined : stored<T>(Item);
  }

  async query<T>(pk: string, prefix: string): Promise<Stored<T>[]> {
    const found: Stored<T>[] = [];
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.table,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: { ":pk": { S: pk }, ":prefix": { S: prefix } },
      },
    );
    for await (const page of pages) found.push(...(page.Items ?? []).map(stored<T>));
    return found;
  }

  async write(changes: readonly Change[]): Promise<boolean> {
    const puts = changes.map((change) => this.put(change));
    const [only] = puts;
    try {
      if (only === undefined) return true;
      if (puts.length === 1) await this.client.send(new PutItemCommand(only));
      else await this.client.send(new TransactWriteItemsCommand({ TransactItems: puts.map((Put) => ({ Put })) }));
      return true;
    } catch (error) {
      if (isNamed(error, "ConditionalCheckFailedException") || wasOvertaken(error)) return false;
      throw error;
    }
  }

  private put({ key, revision, item, expiresAt }: Change) {
    const Item: Item = { ...attributesOf(item), ...keyItem(key), revision: { N: String(revision + 1) } };
    if (expiresAt !== undefined) Item.expiresAt = { N: String(expiresAt) };
    const condition =
      revision === 0
        ? { ConditionExpression: "attribute_not_exists(pk)" }
        : {
            ConditionExpression: "revision = :revision",
            ExpressionAttributeValues: { ":revision": { N: String(revision) } },
          };
    return { TableName: this.table, Item, ...condition };
  }
}

/** Every reason for which a transaction was cancelled is that somebody else writes or has written the same items. */
function wasOvertaken(error: unknown): boolean {
  if (!isNamed(error, "TransactionCanceledException")) return false;
  const codes = ((error as TransactionCanceledException).CancellationReasons ?? []).map(({ Code }) => Code ?? "None");
  return (
    codes.length > 0 && codes.every((code) => ["None", "ConditionalCheckFailed", "TransactionConflict"].includes(code))
  );
}

function keyItem({ pk, sk }: StoreKey): Item {
  return { pk: { S: pk }, sk: { S: sk } };
}

function stored<T>({ pk: _pk, sk: _sk, revision, expiresAt: _expiresAt, ...attributes }: Item): Stored<T> {
  // The registry and the lock alone write these items, always from the type that they read them as.
  return { item: plainOf({ M: attributes }) as T, revision: Number(revision?.N) };
}

function attributesOf(item: object): Item {
  const given = Object.entries(item).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, attributeOf(value)]));
}

function attributeOf(value: unknown): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  if (value === null) return { NULL: true };
  return Array.isArray(value) ? { L: value.map(attributeOf) } : { M: attributesOf(value as object) };
}

function plainOf({ S, N, BOOL, L, M }: AttributeValue): unknown {
  if (S !== undefined) return S;
  if (N !== undefined) return Number(N);
  if (BOOL !== undefined) return BOOL;
  if (L !== undefined) return L.map(plainOf);
  if (M !== undefined) return Object.fromEntries(Object.entries(M).map(([name, value]) => [name, plainOf(value)]));
  return null;
}
