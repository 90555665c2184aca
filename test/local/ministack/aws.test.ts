import assert from "node:assert/strict";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { type Services, startServices } from "../../../local/processes/services";
import { ensureServiceTools } from "../../../local/setup/ensureTools";

interface Problem {
  readonly service: string;
  readonly operation: string;
  readonly member: string;
  readonly constraint: string;
}
interface LedgerEntry {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly decision: string;
  readonly count: number;
}

describe("The local AWS", () => {
  let services: Services;
  let dynamoDb: DynamoDB;
  let s3: S3;
  let iam: IAM;

  before(async function () {
    this.timeout(300_000);
    services = await startServices({ tools: await ensureServiceTools(), logSuffix: "aws-test" });
    const client = clientOptions("test", "test");
    dynamoDb = new DynamoDB(client);
    s3 = new S3({ ...client, forcePathStyle: true });
    iam = new IAM(client);
    await dynamoDb.createTable({
      TableName: "items",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    });
    await s3.createBucket({ Bucket: "checked" });
  });

  after(() => services?.stop());

  function clientOptions(accessKeyId: string, secretAccessKey: string) {
    const credentials = { accessKeyId, secretAccessKey };
    return { endpoint: services.aws.endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
  }

  async function local<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${services.aws.endpoint}/_local/${path}`, { method, body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.clone().text());
    return (await answer.json()) as T;
  }

  async function problemsOf(act: () => Promise<unknown>): Promise<Problem[]> {
    await local("POST", "model-problems/reset");
    await act().catch(() => undefined); // the service may refuse it too; what the model says is looked at
    return (await local<{ problems: Problem[] }>("GET", "model-problems")).problems;
  }

  it("O5: a secret without a value has none to give, until one is put", async () => {
    const secrets = new SecretsManager(clientOptions("test", "test"));
    const made = await secrets.createSecret({ Name: "empty" });
    assert.equal(made.VersionId, undefined);
    await assert.rejects(secrets.getSecretValue({ SecretId: made.ARN }), { name: "ResourceNotFoundException" });
    const { VersionId } = await secrets.putSecretValue({ SecretId: made.ARN, SecretString: "now" });
    const read = await secrets.getSecretValue({ SecretId: made.ARN });
    assert.deepEqual([read.SecretString, read.VersionId], ["now", VersionId]);
  });

  it("S3: a JSON request that its API model refuses is told with member and constraint", async () => {
    const found = await problemsOf(() => dynamoDb.updateTable({ TableName: "items", BillingMode: "FREE" as never }));
    assert.deepEqual(
      found.map(({ operation, member }) => [operation, member]),
      [["UpdateTable", "BillingMode"]],
    );
    assert.match(found[0]?.constraint ?? "", /'FREE' is none of PROVISIONED, PAY_PER_REQUEST/);
  });

  it("S3: a form request and an XML request are held against their models too", async () => {
    const long = await problemsOf(() => iam.createRole({ RoleName: "r".repeat(65), AssumeRolePolicyDocument: "{}" }));
    assert.deepEqual([long[0]?.member, long[0]?.constraint], ["RoleName", "at most 64 characters, got 65"]);
    const Rules = [{ ID: "a", Status: "On" as never, Filter: { Prefix: "x/" }, Expiration: { Days: 1 } }];
    const rules = await problemsOf(() =>
      s3.putBucketLifecycleConfiguration({ Bucket: "checked", LifecycleConfiguration: { Rules } }),
    );
    assert.equal(rules[0]?.member, "LifecycleConfiguration.Rules[].Status");
  });

  it("S3: sound requests of every protocol leave no problem", async () => {
    const found = await problemsOf(async () => {
      await s3.putObject({ Bucket: "checked", Key: "a b/ü+.txt", Body: "x", Metadata: { a: "1" } });
      await s3.copyObject({ Bucket: "checked", Key: "c", CopySource: "checked/a%20b/%C3%BC%2B.txt" });
      await s3.deleteObjects({ Bucket: "checked", Delete: { Objects: [{ Key: "c" }] } });
      await s3.listObjectsV2({ Bucket: "checked", Prefix: "a b/" });
      await dynamoDb.putItem({
        TableName: "items",
        Item: { pk: { S: "1" }, list: { L: [{ N: "1" }, { NULL: true }] } },
      });
      await iam.createUser({ UserName: "reader", Tags: [{ Key: "a", Value: "b" }] });
    });
    assert.deepEqual(found, []);
  });

  it("design: the ledger counts what IAM allowed and denied, by principal", async () => {
    const Statement = [{ Effect: "Allow", Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:*:*:table/items" }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.createUser({ UserName: "narrow" });
    await iam.putUserPolicy({ UserName: "narrow", PolicyName: "p", PolicyDocument });
    const { AccessKey } = await iam.createAccessKey({ UserName: "narrow" });
    const narrow = new DynamoDB(clientOptions(AccessKey?.AccessKeyId ?? "", AccessKey?.SecretAccessKey ?? ""));
    await local("POST", "iam-ledger/reset");
    await narrow.getItem({ TableName: "items", Key: { pk: { S: "1" } } });
    await narrow.getItem({ TableName: "items", Key: { pk: { S: "2" } } });
    await assert.rejects(narrow.scan({ TableName: "items" }), /AccessDenied|not authorized/);
    const { entries } = await local<{ entries: LedgerEntry[] }>("GET", "iam-ledger");
    const table = "arn:aws:dynamodb:us-east-1:000000000000:table/items";
    assert.deepEqual(
      entries.map(({ action, resource, decision, count }) => [action, resource, decision, count]),
      [
        ["dynamodb:GetItem", table, "Allow", 2],
        ["dynamodb:Scan", table, "ImplicitDeny", 1],
      ],
    );
  });

  it("I8: a fault throttles as often as asked, and hands back unprocessed items", async () => {
    await local("POST", "faults", { service: "dynamodb", operation: "PutItem", mode: "throttle", count: 1 });
    const put = () => dynamoDb.putItem({ TableName: "items", Item: { pk: { S: "f" } } });
    await assert.rejects(put(), { name: "ProvisionedThroughputExceededException" });
    await put();
    await local("POST", "faults", { service: "dynamodb", operation: "BatchWriteItem", mode: "unprocessed", count: 1 });
    const items = ["u1", "u2", "u3"].map((pk) => ({ PutRequest: { Item: { pk: { S: pk } } } }));
    const { UnprocessedItems } = await dynamoDb.batchWriteItem({ RequestItems: { items } });
    assert.deepEqual(UnprocessedItems?.items, items.slice(1));
    const { faults } = await local<{ faults: { hits: number }[] }>("GET", "faults");
    assert.deepEqual(
      faults.map(({ hits }) => hits),
      [1, 1],
    );
    await local("DELETE", "faults");
  });
});
