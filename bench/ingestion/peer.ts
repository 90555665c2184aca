import { createReadStream } from "node:fs";
import { BatchWriteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { parse } from "csv-parse";
import { itemKey } from "../../functions/s3-to-dynamodb/shared/itemKey";
import { benchClient, serve } from "./contender";
import { CSV_PATH, META, source, TABLE } from "./rows";

const IN_FLIGHT = 8;
const client = DynamoDBDocumentClient.from(benchClient());

// The usual way: parse the CSV stream into objects, hand them to the document client 25 at a time, several at once.
serve(async () => {
  let items = 0;
  let batch: Record<string, unknown>[] = [];
  const running = new Set<Promise<unknown>>();
  const send = async () => {
    const puts = batch.map((Item) => ({ PutRequest: { Item } }));
    batch = [];
    if (running.size >= IN_FLIGHT) await Promise.race(running);
    const done: Promise<unknown> = client
      .send(new BatchWriteCommand({ RequestItems: { [TABLE]: puts } }))
      .finally(() => running.delete(done));
    running.add(done);
  };
  for await (const row of createReadStream(CSV_PATH).pipe(parse({ columns: true })) as AsyncIterable<
    Record<string, string>
  >) {
    items += 1;
    const key = itemKey(source.name, row.zip_code ?? "", source.shards);
    batch.push({ ...key, ...META, _record: items, ...row });
    if (batch.length === 25) await send();
  }
  if (batch.length > 0) await send();
  await Promise.all(running);
  return items;
});
