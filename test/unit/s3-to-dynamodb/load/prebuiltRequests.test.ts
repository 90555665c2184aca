import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PrebuiltRequests } from "../../../../functions/s3-to-dynamodb/load/write/prebuiltRequests";

describe("PrebuiltRequests", () => {
  const seen: { readonly body: string; readonly signed: boolean }[] = [];
  /** What it answers; `reset` and `cut` break the connection before and in the middle of the answer. */
  let answers: ([number, string] | "reset" | "cut")[] = [];
  let server: Server;
  let client: DynamoDBClient;
  let requests: PrebuiltRequests;

  before(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        seen.push({ body, signed: /AWS4-HMAC-SHA256/.test(request.headers.authorization ?? "") });
        const answer = answers.shift() ?? [200, '{"UnprocessedItems":{}}'];
        if (answer === "reset") return request.socket.destroy();
        if (answer === "cut") {
          response
            .writeHead(200, { "content-length": "100" })
            .write('{"UnprocessedItems":{}', () => request.socket.destroy());
          return;
        }
        const [status, text] = answer;
        response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  after(() => server.close());

  beforeEach(() => {
    seen.length = 0;
    answers = [];
    client = new DynamoDBClient({
      region: "us-east-1",
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 2,
    });
    requests = new PrebuiltRequests(client);
  });
  afterEach(() => client.destroy());

  for (const broken of ["reset", "cut"] as const) {
    it(`I8: a connection that is ${broken} is no answer: the request is sent again, and fails if that goes on`, async () => {
      const body = '{"TableName":"t","Item":{}}';
      await requests.send("PutItem", body);
      answers = [broken];
      await requests.send("PutItem", body);
      assert.equal(seen.length, 3);
      answers = [broken, broken, broken];
      await assert.rejects(requests.send("PutItem", body));
      assert.deepEqual(answers, []);
    });
  }

  it("I8, I12: sends the body as it is, signed, first by the SDK and then directly; other failures go to the SDK", async () => {
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
