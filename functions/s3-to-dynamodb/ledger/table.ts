import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { type Item, toItem } from "./items";

/** The ledger's table, as far as its single items go. Every read is consistent. */
export class LedgerTable {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly name: string,
  ) {}

  async get(key: Item): Promise<Item | undefined> {
    return (await this.client.send(new GetItemCommand({ TableName: this.name, Key: key, ConsistentRead: true }))).Item;
  }

  async delete(key: Item): Promise<void> {
    await this.client.send(new DeleteItemCommand({ TableName: this.name, Key: key }));
  }

  async *query(source: string, prefix = ""): AsyncGenerator<Item> {
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.name,
        ConsistentRead: true,
        KeyConditionExpression: prefix === "" ? "pk = :pk" : "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: toItem({ ":pk": source, ":prefix": prefix === "" ? undefined : prefix }),
      },
    );
    for await (const page of pages) yield* page.Items ?? [];
  }

  /**
   * Sets attributes of a file entry that is in the given status.
   * @throws ConditionalCheckFailedException when it is in another.
   */
  async update(
    key: Item,
    set: Readonly<Record<string, string | number | undefined>>,
    status: string,
    remove: readonly string[] = [],
  ): Promise<void> {
    const given = Object.entries(set).filter(([, value]) => value !== undefined);
    const names = Object.fromEntries([...given.map(([name]) => name), ...remove].map((name) => [`#${name}`, name]));
    const values = Object.fromEntries(given.map(([name, value]) => [`:${name}`, value]));
    await this.client.send(
      new UpdateItemCommand({
        TableName: this.name,
        Key: key,
        ConditionExpression: "#status = :from",
        UpdateExpression:
          `SET ${given.map(([name]) => `#${name} = :${name}`).join(", ")}` +
          (remove.length > 0 ? ` REMOVE ${remove.map((name) => `#${name}`).join(", ")}` : ""),
        ExpressionAttributeNames: { ...names, "#status": "status" },
        ExpressionAttributeValues: toItem({ ...values, ":from": status }),
      }),
    );
  }
}
