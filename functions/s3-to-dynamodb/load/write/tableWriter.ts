import { isNamed, isThrottle } from "../../../shared/retry";
import type { Entry, Refusal, SendResult } from "./batchWriter";
import type { PrebuiltRequests } from "./prebuiltRequests";

const DONE: SendResult = { unprocessed: [], refused: [] };

/** Puts entries into the table, in the two ways that the order of uploads asks for. */
export class TableWriter {
  private readonly tableText: string;

  constructor(
    private readonly requests: Pick<PrebuiltRequests, "send">,
    private readonly table: string,
  ) {
    this.tableText = JSON.stringify(table);
  }

  /** One BatchWriteItem; where DynamoDB refuses it for an item, the items one by one, so that the others are written. */
  async putBatch(entries: readonly Entry[]): Promise<SendResult> {
    try {
      const puts = entries.map((entry) => `{"PutRequest":{"Item":${entry.text}}}`).join(",");
      const { UnprocessedItems } = await this.requests.send(
        "BatchWriteItem",
        `{"RequestItems":{${this.tableText}:[${puts}]}}`,
      );
      const left = UnprocessedItems?.[this.table];
      if (left === undefined || left.length === 0) return DONE;
      const keys = new Set(left.map((request) => request.PutRequest?.Item?.sk?.S));
      return { unprocessed: entries.filter((entry) => keys.has(entry.sk)), refused: [] };
    } catch (error) {
      if (isThrottle(error)) return { unprocessed: entries, refused: [] };
      if (!isRefusal(error)) throw error;
      return entries.length === 1 ? refuse(entries, error) : this.putOneByOne(entries);
    }
  }

  /** One conditional PutItem each: an item that a newer upload has written stays as it is. */
  async putUnlessNewer(entries: readonly Entry[], order: string): Promise<SendResult> {
    return this.each(entries, async (entry) => {
      try {
        await this.requests.send(
          "PutItem",
          `{"TableName":${this.tableText},"Item":${entry.text},` +
            '"ConditionExpression":"attribute_not_exists(pk) OR #o <= :o","ExpressionAttributeNames":{"#o":"_order"},' +
            `"ExpressionAttributeValues":{":o":{"S":${JSON.stringify(order)}}}}`,
        );
        return DONE;
      } catch (error) {
        if (isNamed(error, "ConditionalCheckFailedException")) return DONE;
        if (isThrottle(error)) return { unprocessed: [entry], refused: [] };
        if (!isRefusal(error)) throw error;
        return refuse([entry], error);
      }
    });
  }

  private putOneByOne(entries: readonly Entry[]): Promise<SendResult> {
    return this.each(entries, (entry) => this.putBatch([entry]));
  }

  private async each(entries: readonly Entry[], put: (entry: Entry) => Promise<SendResult>): Promise<SendResult> {
    const unprocessed: Entry[] = [];
    const refused: Refusal[] = [];
    for (const entry of entries) {
      const result = await put(entry);
      unprocessed.push(...result.unprocessed);
      refused.push(...result.refused);
    }
    return { unprocessed, refused };
  }
}

function refuse(entries: readonly Entry[], error: Error): SendResult {
  const reason = `DynamoDB refused the item: ${error.message}`;
  return { unprocessed: [], refused: entries.map((entry) => ({ entry, reason })) };
}

// A table with other keys than ours refuses every item: that isn't the records' fault, and none of them is quarantined.
function isRefusal(error: unknown): error is Error {
  return (
    (isNamed(error, "ValidationException") || isNamed(error, "SerializationException")) &&
    !/match the schema|Missing the key/i.test((error as Error).message)
  );
}
