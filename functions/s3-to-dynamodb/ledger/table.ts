import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type KeysAndAttributes,
  PutItemCommand,
  paginateQuery,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { fullJitter, isNamed, sleep } from "../../shared/retry";
import { type Item, type Plain, toItem } from "./items";

/** A change of an item's attributes, and what must hold for it. */
export interface Change {
  readonly set: Plain;
  readonly remove?: readonly string[];
  /** Names stand as `#name`, values as `:name`. */
  readonly condition: string;
  readonly values: Plain;
}

/** A write of a transaction, for which the table's name is filled in. */
type Write = {
  readonly [Kind in "Put" | "Update"]?: Omit<NonNullable<TransactWriteItem[Kind]>, "TableName">;
};

/** Keys that DynamoDB takes in one BatchGetItem. */
export const MAX_BATCH_GET = 100;

/** Parts of one file that finish at the same moment write to its entry, and DynamoDB refuses all but one. */
const MAX_CONFLICTS = 10;

/** The ledger's table, as far as its items go. Every read is consistent. */
export class LedgerTable {
  /** @param pause waits before a write that met another is tried again */
  constructor(
    private readonly client: DynamoDBClient,
    private readonly name: string,
    private readonly pause: (attempt: number) => Promise<void> = (attempt) => sleep(fullJitter(attempt)),
  ) {}

  async get(Key: Item): Promise<Item | undefined> {
    return (await this.client.send(new GetItemCommand({ TableName: this.name, Key, ConsistentRead: true }))).Item;
  }

  /** The named attributes of up to {@link MAX_BATCH_GET} items; those that aren't there are left out. */
  async getMany(keys: readonly Item[], attributes: readonly string[]): Promise<Item[]> {
    const found: Item[] = [];
    const names = Object.fromEntries(attributes.map((name) => [`#${name}`, name]));
    let wanted: KeysAndAttributes | undefined = {
      Keys: [...keys],
      ConsistentRead: true,
      ProjectionExpression: Object.keys(names).join(", "),
      ExpressionAttributeNames: names,
    };
    for (let attempt = 0; wanted?.Keys !== undefined && wanted.Keys.length > 0; attempt++) {
      if (attempt > 0) await this.pause(attempt);
      const { Responses, UnprocessedKeys }: { Responses?: Record<string, Item[]>; UnprocessedKeys?: object } =
        await this.client.send(new BatchGetItemCommand({ RequestItems: { [this.name]: wanted } }));
      found.push(...(Responses?.[this.name] ?? []));
      wanted = (UnprocessedKeys as Record<string, KeysAndAttributes> | undefined)?.[this.name];
    }
    return found;
  }

  /** @returns false, and writes nothing, where the condition doesn't hold */
  async put(Item: Item, condition?: string, values: Plain = {}): Promise<boolean> {
    return this.unlessRefused(async () => {
      await this.afterOthers(() =>
        this.client.send(
          new PutItemCommand({
            TableName: this.name,
            Item,
            ConditionExpression: condition,
            ...substitutes(condition ?? "", values),
          }),
        ),
      );
      return true;
    }, false);
  }

  /** @returns the item as it is then; undefined, and it is as it was, where the condition doesn't hold */
  async update(Key: Item, { set, remove = [], condition, values }: Change): Promise<Item | undefined> {
    const given = Object.entries(set).filter(([, value]) => value !== undefined);
    const assignments = given.map(([name]) => `#${name} = :${name}`).join(", ");
    const removals = remove.map((name) => `#${name}`).join(", ");
    const update = `SET ${assignments}${removals === "" ? "" : ` REMOVE ${removals}`}`;
    return this.unlessRefused(async () => {
      const { Attributes } = await this.afterOthers(() =>
        this.client.send(
          new UpdateItemCommand({
            TableName: this.name,
            Key,
            UpdateExpression: update,
            ConditionExpression: condition,
            ...substitutes(`${update} ${condition}`, { ...Object.fromEntries(given), ...values }),
            ReturnValues: "ALL_NEW",
          }),
        ),
      );
      return Attributes;
    }, undefined);
  }

  /**
   * Writes all of it or nothing.
   * @returns by write, whether its condition held; with a single false nothing is written
   */
  async transact(writes: readonly Write[]): Promise<boolean[]> {
    const TransactItems = writes.map(({ Put, Update }) => ({
      ...(Put && { Put: { ...Put, TableName: this.name } }),
      ...(Update && { Update: { ...Update, TableName: this.name } }),
    }));
    try {
      await this.afterOthers(() => this.client.send(new TransactWriteItemsCommand({ TransactItems })));
      return writes.map(() => true);
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const held = (error.CancellationReasons ?? []).map(({ Code }) => Code !== "ConditionalCheckFailed");
      if (!held.includes(false)) throw error;
      return held;
    }
  }

  async *query(pk: string, prefix = ""): AsyncGenerator<Item> {
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.name,
        ConsistentRead: true,
        KeyConditionExpression: prefix === "" ? "pk = :pk" : "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: toItem({ ":pk": pk, ":prefix": prefix || undefined }),
      },
    );
    for await (const page of pages) yield* page.Items ?? [];
  }

  private async afterOthers<T>(write: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await write();
      } catch (error) {
        if (!isConflict(error) || attempt === MAX_CONFLICTS) throw error;
        await this.pause(attempt);
      }
    }
  }

  private async unlessRefused<T>(write: () => Promise<T>, refused: T): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!isNamed(error, "ConditionalCheckFailedException")) throw error;
      return refused;
    }
  }
}

/** Another transaction was writing the same item. The SDK doesn't try these again. */
function isConflict(error: unknown): boolean {
  if (isNamed(error, "TransactionConflictException")) return true;
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  const codes = reasons.map(({ Code }) => Code);
  return codes.includes("TransactionConflict") && !codes.includes("ConditionalCheckFailed");
}

/** What the placeholders of an expression stand for: `#name` for the attribute, `:name` for the value of that name. */
function substitutes(expression: string, values: Plain) {
  const names = [...expression.matchAll(/#(\w+)/g)].map(([placeholder, name]) => [placeholder, name as string]);
  const given = Object.entries(values).map(([name, value]) => [`:${name}`, value]);
  return {
    ...(names.length > 0 ? { ExpressionAttributeNames: Object.fromEntries(names) as Record<string, string> } : {}),
    ...(given.length > 0 ? { ExpressionAttributeValues: toItem(Object.fromEntries(given)) } : {}),
  };
}
