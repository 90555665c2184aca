import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { isNamed } from "../../shared/retry";
import { OperationRefused, type Target, type Written } from "./apply";
import { targetItem, targetKey } from "./item";
import type { StreamOperation } from "./operation";

/** Rows of all tables in one DynamoDB table; a row never goes back to an older version. */
export class DynamoDbTarget implements Target {
  readonly name = "dynamodb";

  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly shards: number,
  ) {}

  async write(operation: StreamOperation, order: string): Promise<Written> {
    const condition = {
      TableName: this.table,
      ConditionExpression: "attribute_not_exists(pk) OR #order <= :order",
      ExpressionAttributeNames: { "#order": "_order" },
      ExpressionAttributeValues: { ":order": { S: order } },
    };
    try {
      if (operation.op === "DELETE") {
        const { pk, sk } = targetKey(operation, this.shards);
        await this.client.send(new DeleteItemCommand({ ...condition, Key: { pk: { S: pk }, sk: { S: sk } } }));
      } else {
        await this.client.send(new PutItemCommand({ ...condition, Item: targetItem(operation, order, this.shards) }));
      }
      return "applied";
    } catch (error) {
      if (isNamed(error, "ConditionalCheckFailedException")) return "stale";
      throw isRefusal(error)
        ? new OperationRefused(`DynamoDB refused the row: ${error.message}`, { cause: error })
        : error;
    }
  }
}

/** A table with other keys than ours refuses every row: that isn't the rows' fault, and none of them is given up. */
function isRefusal(error: unknown): error is Error {
  return isNamed(error, "ValidationException") && !/match the schema|Missing the key/i.test((error as Error).message);
}
