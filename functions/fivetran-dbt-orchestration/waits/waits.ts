import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { isNamed } from "../../shared/retry";

/**
 * The table of task tokens. Partition key `pk`, sort key `sk`, TTL `expiresAt`, index `execution` (key `execution`).
 *
 * | pk | sk | what it is |
 * |---|---|---|
 * | connection id | `<execution ARN>#<attempt>` | a wait: token, execution, storedAt, state, syncId |
 * | connection id | `#polled` | until when the poll has accounted for the connection's syncs |
 * | connection id | `#webhook#<sync id>#<status>` | a webhook that was dealt with |
 * | `#lock` | anything | the run lock, written by the state machine; its attribute `execution` lets it be released |
 */
export const EXECUTION_INDEX = "execution";

/** One execution's wait for one connection. */
export interface Wait {
  readonly connectionId: string;
  /** ARN. */
  readonly execution: string;
  readonly attempt: number;
  readonly token: string;
  /** ISO 8601 with milliseconds, UTC: such texts are in the order of time. */
  readonly storedAt: string;
}

/** Longer than Fivetran retries a webhook (24 hours), and longer than an execution waits. */
const WAIT_DAYS = 14;
const NOTE_DAYS = 3;

type Item = Record<string, AttributeValue>;

export class WaitTable {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly name: string,
  ) {}

  /**
   * Keeps the token. A retry of the same attempt brings a new token, which replaces the old one; an invocation that was
   * overtaken by its retry must not put the old one back.
   * @returns false when a later one is there already
   */
  store(wait: Wait): Promise<boolean> {
    return unlessRefused(
      this.client.send(
        new PutItemCommand({
          TableName: this.name,
          Item: {
            ...keyOf(wait),
            execution: { S: wait.execution },
            token: { S: wait.token },
            storedAt: { S: wait.storedAt },
            state: { S: "waiting" },
            expiresAt: daysAfter(wait.storedAt, WAIT_DAYS),
          },
          ConditionExpression: "attribute_not_exists(pk) OR storedAt <= :storedAt",
          ExpressionAttributeValues: { ":storedAt": { S: wait.storedAt } },
        }),
      ),
    );
  }

  /** Everyone who waits for the connection. */
  waitsFor(connectionId: string): Promise<Wait[]> {
    // Every execution's ARN begins with "arn:"; what begins with "#" is no wait.
    return this.query(connectionId, "arn:");
  }

  waitsOf(connectionId: string, execution: string): Promise<Wait[]> {
    return this.query(connectionId, `${execution}#`);
  }

  /**
   * Takes a wait over for one sync. Again for the same sync: the invocation before may have broken off half-way.
   * @returns false when the wait is gone, was replaced, or is another sync's
   */
  take(wait: Wait, syncId: string): Promise<boolean> {
    return unlessRefused(
      this.client.send(
        new UpdateItemCommand({
          TableName: this.name,
          Key: keyOf(wait),
          UpdateExpression: "SET #state = :done, syncId = :syncId",
          ConditionExpression: "#token = :token AND (#state = :waiting OR syncId = :syncId)",
          ExpressionAttributeNames: { "#state": "state", "#token": "token" },
          ExpressionAttributeValues: {
            ":token": { S: wait.token },
            ":waiting": { S: "waiting" },
            ":done": { S: "done" },
            ":syncId": { S: syncId },
          },
        }),
      ),
    );
  }

  /** Removes the wait, unless a later token has replaced it. @returns whether it was there */
  remove(wait: Wait): Promise<boolean> {
    return this.delete(keyOf(wait), "#of = :of", "token", wait.token);
  }

  /** Removes whatever the execution has left: waits and its run lock. @returns how many waits, and whether a lock */
  async release(execution: string): Promise<{ readonly waits: number; readonly lock: boolean }> {
    let waits = 0;
    let lock = false;
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.name,
        IndexName: EXECUTION_INDEX,
        KeyConditionExpression: "execution = :execution",
        ExpressionAttributeValues: { ":execution": { S: execution } },
      },
    );
    for await (const page of pages) {
      for (const { pk, sk } of page.Items ?? []) {
        if (pk?.S === undefined || sk?.S === undefined) continue;
        // The index lags behind: meanwhile another execution may have taken the lock over.
        if (!(await this.delete({ pk, sk }, "#of = :of", "execution", execution))) continue;
        if (pk.S === LOCK) lock = true;
        else waits += 1;
      }
    }
    return { waits, lock };
  }

  /** Notes that the poll has accounted for the connection's syncs up to a time (ISO 8601). */
  async notePolled(connectionId: string, at: string): Promise<void> {
    await this.note({ pk: { S: connectionId }, sk: { S: POLLED } }, at);
  }

  /** ISO 8601; undefined: the poll hasn't lately. */
  async polledAt(connectionId: string): Promise<string | undefined> {
    return (await this.get({ pk: { S: connectionId }, sk: { S: POLLED } }))?.notedAt?.S;
  }

  /** @param webhook sync id and status: what makes two deliveries the same */
  async noteWebhook(connectionId: string, webhook: string, at: string): Promise<void> {
    await this.note({ pk: { S: connectionId }, sk: { S: `#webhook#${webhook}` } }, at);
  }

  async sawWebhook(connectionId: string, webhook: string): Promise<boolean> {
    return (await this.get({ pk: { S: connectionId }, sk: { S: `#webhook#${webhook}` } })) !== undefined;
  }

  private async note(key: Item, at: string): Promise<void> {
    const Item = { ...key, notedAt: { S: at }, expiresAt: daysAfter(at, NOTE_DAYS) };
    await this.client.send(new PutItemCommand({ TableName: this.name, Item }));
  }

  private async get(Key: Item): Promise<Item | undefined> {
    return (await this.client.send(new GetItemCommand({ TableName: this.name, Key, ConsistentRead: true }))).Item;
  }

  private async query(connectionId: string, prefix: string): Promise<Wait[]> {
    const waits: Wait[] = [];
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.name,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: { ":pk": { S: connectionId }, ":prefix": { S: prefix } },
      },
    );
    for await (const page of pages) waits.push(...(page.Items ?? []).flatMap(toWait));
    return waits;
  }

  private delete(Key: Item, condition: string, attribute: string, value: string): Promise<boolean> {
    return unlessRefused(
      this.client.send(
        new DeleteItemCommand({
          TableName: this.name,
          Key,
          ConditionExpression: condition,
          ExpressionAttributeNames: { "#of": attribute },
          ExpressionAttributeValues: { ":of": { S: value } },
        }),
      ),
    );
  }
}

const POLLED = "#polled";
const LOCK = "#lock";

function keyOf({ connectionId, execution, attempt }: Wait): Item {
  return { pk: { S: connectionId }, sk: { S: `${execution}#${attempt}` } };
}

function toWait({ pk, sk, execution, token, storedAt }: Item): Wait[] {
  if (!pk?.S || !sk?.S || !execution?.S || !token?.S || !storedAt?.S) return [];
  const attempt = Number(sk.S.slice(execution.S.length + 1));
  return [{ connectionId: pk.S, execution: execution.S, attempt, token: token.S, storedAt: storedAt.S }];
}

function daysAfter(iso: string, days: number): AttributeValue {
  return { N: String(Math.floor(Date.parse(iso) / 1_000) + days * 24 * 60 * 60) };
}

async function unlessRefused(sent: Promise<unknown>): Promise<boolean> {
  try {
    await sent;
    return true;
  } catch (error) {
    if (isNamed(error, "ConditionalCheckFailedException")) return false;
    throw error;
  }
}
