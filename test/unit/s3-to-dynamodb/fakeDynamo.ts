import { isDeepStrictEqual } from "node:util";
import {
  type AttributeValue,
  DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItemsCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Answer } from "../../../functions/s3-to-dynamodb/load/write/prebuiltRequests";
import { type Item, meets, type Substitutes, updated } from "./expressions";

interface Write extends Substitutes {
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
}

interface Read extends Substitutes {
  readonly Key?: Item;
  readonly ConsistentRead?: boolean;
  readonly Segment?: number;
  readonly TotalSegments?: number;
  readonly ExclusiveStartKey?: Item;
  readonly RequestItems?: Record<string, { readonly Keys?: Item[]; readonly ConsistentRead?: boolean }>;
}

/** Whoever calls: what it asks for is done when its turn comes. */
export interface Caller {
  call<T>(label: string, effect: () => T, throttled?: (bits: number) => T): Promise<T>;
}

/** What is asked for is done at once. */
export const AT_ONCE: Caller = { call: async (_label, effect) => effect() };

export function named(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

/** A change of an item, as a stream tells it. */
export interface Changed {
  readonly keys: Item;
  readonly before?: Item;
  readonly after?: Item;
}

/** A table of DynamoDB: conditions and transactions as the service has them, and reads that are stale unless consistent. */
export class FakeDynamo {
  /** Each item's states, oldest first; undefined: not there. */
  private readonly states = new Map<string, (Item | undefined)[]>();
  /** Told each change in its order; a write that changes nothing is none. */
  onChange: (change: Changed) => void = () => undefined;

  get items(): Item[] {
    return [...this.states.values()].map((states) => states.at(-1)).filter((item) => item !== undefined);
  }

  /** Puts an item there, as anybody may. */
  seed(item: Item): void {
    this.write([{ Item: item }]);
  }

  remove({ pk, sk }: Item): void {
    if (pk && sk) this.write([{ Key: { pk, sk } }]);
  }

  /** Every state that an item has had, oldest first. */
  history(key: Item): Item[] {
    return (this.states.get(keyOf(key)) ?? []).filter((item) => item !== undefined);
  }

  /** The SDK's client as one caller has it. */
  client(caller: Caller): DynamoDBClient {
    const send = (command: { constructor: { name: string }; input: object }): Promise<unknown> => {
      const operation = command.constructor.name.replace("Command", "");
      const conflict = (): never => {
        if (operation !== "TransactWriteItems") throw named("ThrottlingException");
        const CancellationReasons = [{ Code: "None" }, { Code: "TransactionConflict" }];
        throw new TransactionCanceledException({ message: "canceled", $metadata: {}, CancellationReasons });
      };
      return caller.call(`${operation} by the SDK`, () => this.execute(operation, command.input), conflict);
    };
    // The paginators look whether it is one.
    return Object.assign(Object.create(DynamoDBClient.prototype) as DynamoDBClient, { send });
  }

  /** What the table writer sends: ready JSON. */
  requests(caller: Caller): { send(operation: string, body: string): Promise<Answer> } {
    return {
      send: (operation, body) =>
        caller.call(
          `${operation} of the table`,
          () => this.execute(operation, JSON.parse(body) as object) as Answer,
          (fault) => this.throttled(operation, body, fault),
        ),
    };
  }

  /** A throttled batch is written in part; a single item isn't written. */
  private throttled(operation: string, body: string, fault: number): Answer {
    if (operation !== "BatchWriteItem") throw named("ThrottlingException");
    const { RequestItems } = JSON.parse(body) as { RequestItems: Record<string, { PutRequest: { Item: Item } }[]> };
    const [[table, puts] = ["", []]] = Object.entries(RequestItems);
    const left = puts.filter((_, index) => (fault >> index) & 1);
    if (left.length === puts.length) throw named("ProvisionedThroughputExceededException");
    this.execute(operation, { RequestItems: { [table]: puts.filter((put) => !left.includes(put)) } });
    return { UnprocessedItems: { [table]: left } } as Answer;
  }

  private execute(operation: string, input: object): unknown {
    switch (operation) {
      case "GetItem": {
        const { Key, ConsistentRead } = input as Read;
        return { Item: this.read(Key as Item, ConsistentRead) };
      }
      case "BatchGetItem": {
        const [[table, { Keys = [], ConsistentRead }] = ["", {}]] = Object.entries((input as Read).RequestItems ?? {});
        if (Keys.length === 0 || Keys.length > 100) throw named("ValidationException", `${Keys.length} keys`);
        return {
          Responses: {
            [table]: Keys.map((key) => this.read(key, ConsistentRead)).filter((item) => item !== undefined),
          },
        };
      }
      case "Scan":
        return this.scan(input as Read);
      case "Query":
        return { Items: this.query(input as Read) };
      case "PutItem":
      case "UpdateItem":
      case "DeleteItem":
        return this.write([input as Write])[0];
      case "BatchWriteItem": {
        const puts = Object.values((input as { RequestItems: Record<string, { PutRequest: Write }[]> }).RequestItems);
        const writes = puts.flat().map(({ PutRequest }) => PutRequest);
        if (new Set(writes.map(keyOf)).size < writes.length) throw named("ValidationException", "duplicates");
        for (const write of writes) this.write([write]);
        return {};
      }
      case "TransactWriteItems": {
        const { TransactItems = [] } = input as TransactWriteItemsCommandInput;
        this.write(
          TransactItems.map(
            ({ Put, Update, Delete, ConditionCheck }) => Put ?? Update ?? Delete ?? ConditionCheck,
          ) as Write[],
          true,
        );
        return {};
      }
      default:
        throw new Error(`The simulation has no ${operation}`);
    }
  }

  /** All of them or none. */
  private write(writes: readonly Write[], transaction = false): object[] {
    const holds = writes.map((write) => meets(this.read(write, true), write.ConditionExpression, write));
    if (holds.includes(false)) {
      if (!transaction) throw named("ConditionalCheckFailedException");
      const CancellationReasons = holds.map((hold) => ({ Code: hold ? "None" : "ConditionalCheckFailed" }));
      throw new TransactionCanceledException({ message: "canceled", $metadata: {}, CancellationReasons });
    }
    return writes.map((write) => {
      const before = this.read(write, true);
      const after = write.UpdateExpression
        ? updated(before ?? { ...write.Key }, write.UpdateExpression, write)
        : write.Item;
      const key = keyOf(write);
      this.states.set(key, [...(this.states.get(key) ?? [undefined]), after]);
      const { pk, sk } = (before ?? after ?? {}) as Item;
      if (pk && sk && !isDeepStrictEqual(before, after)) this.onChange({ keys: { pk, sk }, before, after });
      return { Attributes: after };
    });
  }

  private read(of: Item | Write, consistent: boolean | undefined): Item | undefined {
    return this.state(keyOf(of), consistent);
  }

  private state(key: string, consistent: boolean | undefined): Item | undefined {
    const states = this.states.get(key) ?? [undefined];
    return consistent || states.length < 2 ? states.at(-1) : states.at(-2);
  }

  /** Pages of two items. What nobody has written since the table began isn't stale. */
  private scan({ Segment = 0, TotalSegments = 1, ExclusiveStartKey }: Read): object {
    const keys = [...this.states.keys()].sort().filter((_, index) => index % TotalSegments === Segment);
    const start = ExclusiveStartKey === undefined ? 0 : keys.indexOf(keyOf(ExclusiveStartKey)) + 1;
    const page = keys.slice(start, start + 2);
    const [pk, sk] = (page.at(-1) ?? "").split("\n");
    return {
      Items: page
        .map((key) => this.state(key, (this.states.get(key) ?? []).length < 3))
        .filter((item) => item !== undefined),
      LastEvaluatedKey: start + 2 < keys.length ? { pk: { S: pk }, sk: { S: sk } } : undefined,
    };
  }

  private query({ ConsistentRead, ExpressionAttributeValues: values }: Read): Item[] {
    const prefix = `${values?.[":pk"]?.S}\n${values?.[":prefix"]?.S ?? ""}`;
    const keys = [...this.states.keys()].filter((key) => key.startsWith(prefix)).sort();
    return keys.map((key) => this.state(key, ConsistentRead)).filter((item) => item !== undefined);
  }
}

function keyOf(of: Item | Write): string {
  const { Key, Item } = of as Write;
  const key = (Key ?? Item ?? of) as { pk: AttributeValue; sk: AttributeValue };
  return `${key.pk.S}\n${key.sk.S}`;
}
