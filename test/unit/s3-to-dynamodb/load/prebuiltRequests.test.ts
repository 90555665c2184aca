import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PrebuiltRequests } from "../../../../functions/s3-to-dynamodb/load/write/prebuiltRequests";

describe("PrebuiltRequests", () => {
  const seen: { readonly body: string; readonly signed: boolean }[] = [];
  let answers: [number, string][] = [];
  let server: Server;
  let client: DynamoDBClient;

  before(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        seen.push({ body, signed: /AWS4-HMAC-SHA256/.test(request.headers.authorization ?? "") });
        const [status, text] = answers.shift() ?? [200, '{"UnprocessedItems":{}}'];
        response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    client = new DynamoDBClient({
      region: "us-east-1",
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 2,
    });
  });

  after(() => {
    client.destroy();
    server.close();
  });

  it("I8, I12: sends the body as it is, signed, first by the SDK and then directly; other failures go to the SDK", async () => {
    const requests = new PrebuiltRequests(client);
    const body = '{"RequestItems":{"t":[{"PutRequest":{"Item":{"é":{"S":"ü"}}}}]}}';
    for (let index = 0; index < 3; index += 1) await requests.send("BatchWriteItem", body);
    answers = [[500, '{"__type":"InternalServerError"}']];
    await requests.send("BatchWriteItem", body);
    assert.deepEqual(seen, Array(5).fill({ body, signed: true }));
    answers = [[400, '{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}']];
    await assert.rejects(requests.send("BatchWriteItem", body), { name: "ThrottledError" });
    const refusal: [number, string] = [
      400,
      '{"__type":"com.amazon.coral.validate#ValidationException","message":"no"}',
    ];
    answers = [refusal, refusal];
    await assert.rejects(requests.send("BatchWriteItem", body), { name: "ValidationException", message: "no" });
    const left = '{"UnprocessedItems":{"t":[{"PutRequest":{"Item":{"sk":{"S":"k"}}}}]}}';
    answers = [[200, left]];
    assert.equal((await requests.send("BatchWriteItem", body)).UnprocessedItems?.t?.length, 1);
  });
});
