import {
  type DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { isNamed } from "../../shared/retry";
import type { PartCounts, UploadRecord } from "../shared/contract";
import {
  fileItem,
  fileKey,
  type Item,
  newFileEntry,
  partKey,
  partPrefix,
  readFileItem,
  readPartItem,
  toItem,
  WATERMARK,
} from "./items";
import { LedgerTable } from "./table";
import type { CollectProgress, DetectedFormat, FileEntry, PartEntry } from "./types";

export type { CollectProgress, DetectedFormat, FileEntry, FileStatus, PartEntry } from "./types";
export { uploadOf } from "./types";

const CONDITION_FAILED = "ConditionalCheckFailedException";

/** One entry per upload with counts, one per part that is in the table, and a watermark per keyed source. */
export class Ledger {
  private readonly items: LedgerTable;

  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly now: () => string = () => new Date().toISOString(),
  ) {
    this.items = new LedgerTable(client, table);
  }

  async getFile(source: string, uploadId: string): Promise<FileEntry | undefined> {
    const item = await this.items.get(fileKey(source, uploadId));
    return item && readFileItem(item);
  }

  /** Opens the upload's entry; where there is one already it is left as it is and returned with `created: false`. */
  async startFile(
    upload: UploadRecord,
    detected: DetectedFormat = {},
  ): Promise<{ readonly entry: FileEntry; readonly created: boolean }> {
    const entry = newFileEntry(upload, detected, this.now());
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item: fileItem(entry),
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      );
      return { entry, created: true };
    } catch (error) {
      if (!isNamed(error, CONDITION_FAILED)) throw error;
      const existing = await this.getFile(upload.source, upload.uploadId);
      if (existing === undefined) throw error;
      return { entry: existing, created: false };
    }
  }

  /** Where collecting goes on after a continuation or a retry. Refused once the file is landed or quarantined. */
  async saveCheckpoint(
    source: string,
    uploadId: string,
    checkpoint: string,
    progress: CollectProgress & DetectedFormat,
  ): Promise<void> {
    await this.items.update(fileKey(source, uploadId), { ...progress, checkpoint }, "collecting");
  }

  /** Every part is in the landing bucket. A file without a single good record is loaded at once. */
  async landed(source: string, uploadId: string, progress: CollectProgress & DetectedFormat): Promise<void> {
    const done = progress.parts === 0 ? { status: "loaded", finishedAt: this.now() } : { status: "landed" };
    await this.items.update(fileKey(source, uploadId), { ...progress, ...done }, "collecting", ["checkpoint"]);
  }

  /** The whole file is quarantined: nothing of it is loaded. */
  async quarantineFile(
    source: string,
    uploadId: string,
    reason: string,
    progress: Partial<CollectProgress> & DetectedFormat = {},
  ): Promise<void> {
    const outcome = { status: "quarantined", reason, finishedAt: this.now() };
    await this.items.update(fileKey(source, uploadId), { ...progress, ...outcome }, "collecting", ["checkpoint"]);
  }

  async getPart(source: string, uploadId: string, part: number): Promise<PartEntry | undefined> {
    const item = await this.items.get(partKey(source, uploadId, part));
    return item && readPartItem(item);
  }

  /** The upload's parts that are in the table, in order. */
  async getParts(source: string, uploadId: string): Promise<PartEntry[]> {
    const parts: PartEntry[] = [];
    for await (const item of this.items.query(source, partPrefix(uploadId))) parts.push(readPartItem(item));
    return parts;
  }

  /**
   * Enters a part's counts exactly once, however often it is called, and marks the file loaded with its last part.
   * @throws Error when the ledger has no entry of the upload.
   */
  async finishPart(source: string, uploadId: string, part: number, counts: PartCounts): Promise<void> {
    const entry = toItem({ kind: "part", part, ...counts, finishedAt: this.now() });
    try {
      await this.client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            {
              Put: {
                TableName: this.table,
                Item: { ...partKey(source, uploadId, part), ...entry },
                ConditionExpression: "attribute_not_exists(pk)",
              },
            },
            {
              Update: {
                TableName: this.table,
                Key: fileKey(source, uploadId),
                ConditionExpression: "attribute_exists(pk)",
                UpdateExpression: "ADD loadedParts :one, loaded :loaded, loadQuarantined :quarantined",
                ExpressionAttributeValues: toItem({
                  ":one": 1,
                  ":loaded": counts.loaded,
                  ":quarantined": counts.quarantined,
                }),
              },
            },
          ],
        }),
      );
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const [ofPart, ofFile] = (error.CancellationReasons ?? []).map((reason) => reason.Code);
      if (ofPart !== "ConditionalCheckFailed") {
        if (ofFile !== "ConditionalCheckFailed") throw error;
        throw new Error(
          `The ledger ${this.table} has no entry of upload ${uploadId} of source ${source}, so part ${part} can't be counted. ` +
            "Replay the object to collect it anew.",
          { cause: error },
        );
      }
    }
    await this.completeFile(source, uploadId);
  }

  /** Marks the file loaded if all its parts are; called again for a part that was entered before. */
  async completeFile(source: string, uploadId: string): Promise<void> {
    try {
      await this.client.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key: fileKey(source, uploadId),
          ConditionExpression: "#status = :landed AND loadedParts = parts",
          UpdateExpression: "SET #status = :loaded, finishedAt = :now",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: toItem({ ":landed": "landed", ":loaded": "loaded", ":now": this.now() }),
        }),
      );
    } catch (error) {
      // Parts are missing still, or the file was marked before.
      if (!isNamed(error, CONDITION_FAILED)) throw error;
    }
  }

  async readWatermark(source: string): Promise<string | undefined> {
    return (await this.items.get(watermarkKey(source)))?.order?.S;
  }

  /** Raises the source's watermark to `order`. False: something newer was written before, and the watermark stays. */
  async raiseWatermark(source: string, order: string): Promise<boolean> {
    try {
      await this.client.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key: watermarkKey(source),
          ConditionExpression: "attribute_not_exists(#order) OR #order <= :order",
          UpdateExpression: "SET #order = :order, kind = :kind",
          ExpressionAttributeNames: { "#order": "order" },
          ExpressionAttributeValues: toItem({ ":order": order, ":kind": "watermark" }),
        }),
      );
      return true;
    } catch (error) {
      if (!isNamed(error, CONDITION_FAILED)) throw error;
      return false;
    }
  }

  /** Every upload of a source, in the order of upload ids. */
  async *listFiles(source: string): AsyncGenerator<FileEntry> {
    for await (const item of this.items.query(source)) if (item.kind?.S === "file") yield readFileItem(item);
  }

  /** Forgets an upload and its parts, so that it can be collected anew. The entry goes last: a retry finds it again. */
  async resetFile(source: string, uploadId: string): Promise<void> {
    for (const { part } of await this.getParts(source, uploadId))
      await this.items.delete(partKey(source, uploadId, part));
    await this.items.delete(fileKey(source, uploadId));
  }
}

function watermarkKey(source: string): Item {
  return { pk: { S: source }, sk: { S: WATERMARK } };
}
