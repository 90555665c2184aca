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
 * The table of task tokens. Partition key `pk`, sort key `sk`, TTL `expiresAt`.
 *
 * | pk | sk | what it is |
 * |---|---|---|
 * | connection id | execution ARN | an execution's wait for the connection: token, askedAt, storedAt, state |
 * | connection id | `#webhook#<sync id>#<status>` | a webhook that was dealt with |
 * | `#lock` | `#lock` | the run lock, which the state machine writes and deletes |
 *
 * States of a wait: `waiting`; `taken` by a webhook, which is about to complete it (syncId); `over`, because a look at
 * the API has completed it: a webhook of the same sync, made up to `endsUntil`, may still come and is nobody else's. The wait
 * of an execution that was stopped or has given up stays `waiting` until the webhook comes or it expires, so that a run's
 * own syncs start no other run.
 */
export interface Wait {
  readonly connectionId: string;
  /** ARN of the execution. */
  readonly execution: string;
  readonly token: string;
  /** When the state machine asked for the token to be stored: the order of an execution's tokens. ISO 8601, UTC. */
  readonly askedAt: string;
  /** When it was stored. ISO 8601 with milliseconds, UTC: such texts are in the order of time. */
  readonly storedAt: string;
}

/** A wait as a webhook finds it. */
export interface FoundWait extends Wait {
  readonly state: "waiting" | "taken" | "over";
  /** The sync that has taken it. */
  readonly syncId?: string;
  /** ISO 8601: webhooks made later are of another sync. */
  readonly until?: string;
}

/** Longer than Fivetran retries a webhook (24 hours), and longer than most executions wait. */
const WAIT_DAYS = 14;
const NOTE_DAYS = 3;

type Item = Record<string, AttributeValue>;

export class WaitTable {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly name: string,
  ) {}

  /**
   * Replaces the token before it, of a retry or of a task whose time was up. An invocation that begins late,
   * when the state machine has asked anew, must not replace the token that is waited for with its dead one.
   * @returns whether it was stored, and whether the one before was still waiting
   */
  async store(wait: Wait): Promise<{ readonly stored: boolean; readonly unanswered: boolean }> {
    const put = new PutItemCommand({
      TableName: this.name,
      Item: {
        ...keyOf(wait),
        execution: { S: wait.execution },
        token: { S: wait.token },
        askedAt: { S: wait.askedAt },
        storedAt: { S: wait.storedAt },
        state: { S: "waiting" },
        expiresAt: daysAfter(wait.storedAt, WAIT_DAYS),
      },
      ConditionExpression: "attribute_not_exists(pk) OR askedAt <= :askedAt",
      ExpressionAttributeValues: { ":askedAt": { S: wait.askedAt } },
      ReturnValues: "ALL_OLD",
    });
    const before = await unlessRefused(this.client.send(put));
    return { stored: before !== undefined, unanswered: before?.Attributes?.state?.S === "waiting" };
  }

  /** Everyone who waits for the connection, or has just waited for it. */
  async waitsFor(connectionId: string): Promise<FoundWait[]> {
    const waits: FoundWait[] = [];
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.name,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
        // Every execution's ARN begins with "arn:"; what begins with "#" isn't a wait.
        ExpressionAttributeValues: { ":pk": { S: connectionId }, ":prefix": { S: "arn:" } },
      },
    );
    for await (const page of pages) waits.push(...(page.Items ?? []).flatMap(toWait));
    return waits;
  }

  /**
   * Takes a wait over for one sync. Again for the same sync: the invocation before may have broken off half-way.
   * @returns false when the wait is gone, was replaced, or is another sync's
   */
  take(wait: Wait, syncId: string): Promise<boolean> {
    return this.update(wait, "SET #state = :taken, syncId = :syncId", "#state = :waiting OR syncId = :syncId", {
      ":waiting": { S: "waiting" },
      ":taken": { S: "taken" },
      ":syncId": { S: syncId },
    });
  }

  /** Gives back a wait that was taken for a sync which Fivetran has put off: its next end is the execution's too. */
  reopen(wait: Wait): Promise<boolean> {
    return this.update(wait, "SET #state = :waiting", "#state = :taken", {
      ":waiting": { S: "waiting" },
      ":taken": { S: "taken" },
    });
  }

  /** Marks a wait as over. A webhook made until then (ISO 8601) is of the sync that was waited for. */
  end(wait: Wait, until: string): Promise<boolean> {
    return this.update(wait, "SET #state = :over, endsUntil = :until, expiresAt = :expiresAt", "#state = :waiting", {
      ":waiting": { S: "waiting" },
      ":over": { S: "over" },
      ":until": { S: until },
      ":expiresAt": daysAfter(until, NOTE_DAYS),
    });
  }

  /** Removes the wait, unless a later token has replaced it. @returns whether it was there */
  async remove(wait: Wait): Promise<boolean> {
    const sent = this.client.send(
      new DeleteItemCommand({
        TableName: this.name,
        Key: keyOf(wait),
        ConditionExpression: "#token = :token",
        ExpressionAttributeNames: { "#token": "token" },
        ExpressionAttributeValues: { ":token": { S: wait.token } },
      }),
    );
    return (await unlessRefused(sent)) !== undefined;
  }

  /** @param webhook sync id and status: what makes two deliveries the same */
  async noteWebhook(connectionId: string, webhook: string, at: string): Promise<void> {
    const Item = { ...webhookKey(connectionId, webhook), notedAt: { S: at }, expiresAt: daysAfter(at, NOTE_DAYS) };
    await this.client.send(new PutItemCommand({ TableName: this.name, Item }));
  }

  async sawWebhook(connectionId: string, webhook: string): Promise<boolean> {
    const Key = webhookKey(connectionId, webhook);
    const { Item } = await this.client.send(new GetItemCommand({ TableName: this.name, Key, ConsistentRead: true }));
    return Item !== undefined;
  }

  private async update(wait: Wait, expression: string, condition: string, values: Item): Promise<boolean> {
    const sent = this.client.send(
      new UpdateItemCommand({
        TableName: this.name,
        Key: keyOf(wait),
        UpdateExpression: expression,
        ConditionExpression: `#token = :token AND (${condition})`,
        ExpressionAttributeNames: { "#state": "state", "#token": "token" },
        ExpressionAttributeValues: { ":token": { S: wait.token }, ...values },
      }),
    );
    return (await unlessRefused(sent)) !== undefined;
  }
}

function keyOf({ connectionId, execution }: Wait): Item {
  return { pk: { S: connectionId }, sk: { S: execution } };
}

function webhookKey(connectionId: string, webhook: string): Item {
  return { pk: { S: connectionId }, sk: { S: `#webhook#${webhook}` } };
}

function toWait({ pk, execution, token, askedAt, storedAt, state, syncId, endsUntil }: Item): FoundWait[] {
  if (!pk?.S || !execution?.S || !token?.S || !askedAt?.S || !storedAt?.S) return [];
  const how = state?.S === "taken" || state?.S === "over" ? state.S : "waiting";
  return [
    {
      connectionId: pk.S,
      execution: execution.S,
      token: token.S,
      askedAt: askedAt.S,
      storedAt: storedAt.S,
      state: how,
      syncId: syncId?.S,
      until: endsUntil?.S,
    },
  ];
}

function daysAfter(iso: string, days: number): AttributeValue {
  return { N: String(Math.floor(Date.parse(iso) / 1_000) + days * 24 * 60 * 60) };
}

/** Undefined when the condition didn't hold. */
async function unlessRefused<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (isNamed(error, "ConditionalCheckFailedException")) return undefined;
    throw error;
  }
}
