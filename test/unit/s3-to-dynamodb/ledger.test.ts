import assert from "node:assert/strict";
import {
  type DynamoDBClient,
  type GetItemCommandInput,
  type PutItemCommandInput,
  TransactionCanceledException,
  type TransactWriteItemsCommandInput,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { Ledger } from "../../../functions/s3-to-dynamodb/ledger/ledger";
import { uploadAt } from "./load/fakes";

const UPLOAD = uploadAt("2026-01-01T00:00:00.000Z");
const NOW = "2026-02-03T04:05:06.000Z";
const FILE = { pk: { S: "orders" }, sk: { S: UPLOAD.uploadId } };
const PROGRESS = { parts: 2, read: 5, landed: 4, collectQuarantined: 1, members: 1 };

interface Sent {
  readonly operation: string;
  readonly input: Partial<
    GetItemCommandInput & PutItemCommandInput & TransactWriteItemsCommandInput & UpdateItemCommandInput
  >;
}

/** A ledger whose client writes down what it is sent and answers in turn; an Error is thrown. */
function ledgerThat(...answers: (object | Error)[]): { ledger: Ledger; sent: Sent[] } {
  const sent: Sent[] = [];
  const client = {
    send: async (command: { constructor: { name: string }; input: Sent["input"] }) => {
      sent.push({ operation: command.constructor.name.replace("Command", ""), input: command.input });
      const answer = answers.shift() ?? {};
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { ledger: new Ledger(client as unknown as DynamoDBClient, "ledger", () => NOW), sent };
}

function refused(): Error {
  return Object.assign(new Error("The conditional request failed"), { name: "ConditionalCheckFailedException" });
}

function canceled(...codes: string[]): Error {
  const CancellationReasons = codes.map((Code) => ({ Code }));
  return new TransactionCanceledException({ message: "canceled", $metadata: {}, CancellationReasons });
}

describe("Ledger", () => {
  it("I6: an upload's entry is opened once; the second gets the one that is there", async () => {
    const first = ledgerThat();
    const { entry, created } = await first.ledger.startFile(UPLOAD, { format: "csv" });
    assert.equal(created, true);
    assert.deepEqual([entry.status, entry.startedAt, entry.format], ["collecting", NOW, "csv"]);
    const [put] = first.sent;
    assert.equal(put?.operation, "PutItem");
    assert.equal(put?.input.ConditionExpression, "attribute_not_exists(pk)");

    const second = ledgerThat(refused(), { Item: { ...put?.input.Item, status: { S: "landed" }, parts: { N: "3" } } });
    const again = await second.ledger.startFile(UPLOAD);
    assert.deepEqual([again.created, again.entry.status, again.entry.parts], [false, "landed", 3]);
    assert.equal(second.sent[1]?.input.ConsistentRead, true);
  });

  it("I7: what collecting writes is taken only while the file is being collected", async () => {
    const { ledger, sent } = ledgerThat();
    await ledger.saveCheckpoint("orders", UPLOAD.uploadId, "{}", PROGRESS);
    await ledger.landed("orders", UPLOAD.uploadId, PROGRESS);
    await ledger.landed("orders", UPLOAD.uploadId, { ...PROGRESS, parts: 0 });
    await ledger.quarantineFile("orders", UPLOAD.uploadId, "no csv");
    for (const { operation, input } of sent) {
      assert.equal(operation, "UpdateItem");
      assert.deepEqual(input.Key, FILE);
      assert.equal(input.ConditionExpression, "#status = :from");
      assert.deepEqual(input.ExpressionAttributeValues?.[":from"], { S: "collecting" });
    }
    assert.deepEqual(
      sent.map(({ input }) => input.ExpressionAttributeValues?.[":status"]?.S),
      [undefined, "landed", "loaded", "quarantined"],
    );
    assert.deepEqual(
      sent.map(({ input }) => / REMOVE #checkpoint$/.test(input.UpdateExpression ?? "")),
      [false, true, true, true],
    );
    await assert.rejects(ledgerThat(refused()).ledger.landed("orders", UPLOAD.uploadId, PROGRESS), {
      name: "ConditionalCheckFailedException",
    });
  });

  it("I7: a part and the counts that it adds to its file are one transaction", async () => {
    const { ledger, sent } = ledgerThat();
    await ledger.finishPart("orders", UPLOAD.uploadId, 7, { loaded: 40, quarantined: 2 });
    const [put, update] = sent[0]?.input.TransactItems ?? [];
    assert.deepEqual(put?.Put, {
      TableName: "ledger",
      Item: {
        pk: { S: "orders" },
        sk: { S: `${UPLOAD.uploadId}#part#00007` },
        kind: { S: "part" },
        part: { N: "7" },
        loaded: { N: "40" },
        quarantined: { N: "2" },
        finishedAt: { S: NOW },
      },
      ConditionExpression: "attribute_not_exists(pk)",
    });
    assert.deepEqual(update?.Update, {
      TableName: "ledger",
      Key: FILE,
      ConditionExpression: "attribute_exists(pk)",
      UpdateExpression: "ADD loadedParts :one, loaded :loaded, loadQuarantined :quarantined",
      ExpressionAttributeValues: { ":one": { N: "1" }, ":loaded": { N: "40" }, ":quarantined": { N: "2" } },
    });
    assert.equal(sent[1]?.input.ConditionExpression, "#status = :landed AND loadedParts = parts");
  });

  it("I6: a part that is entered already adds nothing, and the file may still become loaded", async () => {
    const { ledger, sent } = ledgerThat(canceled("ConditionalCheckFailed", "None"), refused());
    await ledger.finishPart("orders", UPLOAD.uploadId, 1, { loaded: 1, quarantined: 0 });
    assert.deepEqual(
      sent.map(({ operation }) => operation),
      ["TransactWriteItems", "UpdateItem"],
    );
  });

  it("I7: a part of an upload that the ledger doesn't know is an error with the mend; a conflict is passed on", async () => {
    const finish = (error: Error) =>
      ledgerThat(error).ledger.finishPart("orders", "u", 3, { loaded: 1, quarantined: 0 });
    await assert.rejects(
      finish(canceled("None", "ConditionalCheckFailed")),
      /ledger has no entry of upload u of source orders.*Replay the object/,
    );
    await assert.rejects(finish(canceled("None", "TransactionConflict")), TransactionCanceledException);
  });

  it("I6: the watermark only rises", async () => {
    const { ledger, sent } = ledgerThat({}, refused());
    assert.equal(await ledger.raiseWatermark("orders", "2"), true);
    assert.equal(await ledger.raiseWatermark("orders", "1"), false);
    assert.equal(sent[0]?.input.ConditionExpression, "attribute_not_exists(#order) OR #order <= :order");
    await assert.rejects(ledgerThat(new Error("network")).ledger.raiseWatermark("orders", "1"), /network/);
  });
});
