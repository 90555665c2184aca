import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { lambdaConnector } from "../../../../cli/fivetran-invoke/inLambda";
import { play } from "../../../../cli/fivetran-invoke/play";

const schema = { items: { primary_key: ["id"] } };
const credentials =
  "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLEKEY</AccessKeyId><SecretAccessKey>s</SecretAccessKey>" +
  "<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
const denied =
  "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>";

describe("fivetran:invoke in Lambda", () => {
  let server: Server;
  let endpoint: string;
  let calls: { readonly what: string; readonly body: string; readonly key?: string }[];
  let functionError: boolean;
  const before = { ...process.env };

  beforeEach(async () => {
    calls = [];
    functionError = false;
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: "OWNKEY", AWS_SECRET_ACCESS_KEY: "s", AWS_REGION: "us-east-1" });
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        const path = request.url?.split("?")[0] ?? "";
        const key = /Credential=(\w+)/.exec(request.headers.authorization ?? "")?.[1];
        calls.push({ what: `${request.method} ${path}`, body, key });
        if (path === "/") {
          const isRight = new URLSearchParams(body).get("ExternalId") === "delivered_ample";
          response.writeHead(isRight ? 200 : 403, { "content-type": "text/xml" });
          response.end(isRight ? credentials : denied);
        } else if (path.endsWith("/invocations")) {
          response.writeHead(200, functionError ? { "x-amz-function-error": "Unhandled" } : {});
          const error = { errorType: "RowError", errorMessage: "Row 1 has no id" };
          const answer = { state: { at: 1 }, insert: { items: [{ id: 1 }] }, schema, hasMore: false };
          response.end(JSON.stringify(functionError ? error : answer));
        } else response.end(request.method === "GET" ? JSON.stringify({ insert: { items: [{ id: 7 }] } }) : undefined);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });

  const target = { functionName: "connector", role: "arn:aws:iam::000000000000:role/fivetran", region: "us-east-1" };

  it("F9, F11: takes on the role with the External ID, then calls the function with the role's credentials", async () => {
    const { invoke } = await lambdaConnector({ ...target, endpoint, externalId: "delivered_ample" });
    const { store } = await play({ invoke, secrets: { key: "k" } });
    assert.deepEqual(store.rows("items"), [{ id: 1 }]);
    assert.deepEqual(
      calls.map(({ what, key }) => [what, key]),
      [
        ["POST /", "OWNKEY"],
        ["POST /2015-03-31/functions/connector/invocations", "ROLEKEY"],
      ],
    );
    assert.deepEqual(JSON.parse(calls[1]?.body ?? ""), {
      agent: "local/local/local",
      state: {},
      secrets: { key: "k" },
    });
  });

  it("F9, F11: a wrong External ID is refused before anything is called", async () => {
    await assert.rejects(lambdaConnector({ ...target, endpoint, externalId: "wrong" }), /not authorized/);
    assert.equal(calls.length, 1);
  });

  it("F11: an error of the function is told with its name and message", async () => {
    functionError = true;
    const { invoke } = await lambdaConnector({ functionName: "connector", region: "us-east-1", endpoint });
    await assert.rejects(invoke({}), /connector failed: RowError: Row 1 has no id/);
    assert.deepEqual(
      calls.map(({ key }) => key),
      ["OWNKEY"],
    );
  });

  it("F5, F11: through a bucket the file is read and removed with the role's credentials", async () => {
    const bucketed = { ...target, endpoint, externalId: "delivered_ample", bucket: "sync", prefix: "in/" };
    const { invoke, bucket } = await lambdaConnector(bucketed);
    const { store } = await play({ invoke, bucket, secrets: {} });
    assert.deepEqual(store.rows("items"), [{ id: 7 }]);
    const [, invoked, read, removed] = calls;
    const { file } = JSON.parse(invoked?.body ?? "") as { file: string };
    assert.match(file, /^in\/\d+-1\.json$/);
    assert.deepEqual(read, { what: `GET /sync/${file}`, body: "", key: "ROLEKEY" });
    assert.equal(removed?.what, `DELETE /sync/${file}`);
  });
});
