import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { FivetranConnector } from "../../../index";
import { at, type MockRun, mockPlace, resolved, runMocked } from "../mocks";
import { refusesPlainHttp, statementsAt } from "../parts/documents";
import { deploy, deployed, entry, externalId, fixtures } from "./deploy";

const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${deployed}-function`;
const logs = {
  Sid: "Logs",
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: `arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/${deployed}-function:*`,
};
const invoke = {
  Sid: "Self1",
  Effect: "Allow",
  Action: ["lambda:InvokeFunction"],
  Resource: [functionArn],
};

function names(run: MockRun<unknown>): string[] {
  return run.resources.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort();
}

async function codeOf(run: MockRun<unknown>): Promise<string> {
  const archive = at(run.named("airports-function"), "code");
  assert.ok(archive instanceof pulumi.asset.AssetArchive);
  const file = (await archive.assets)["index.mjs"];
  assert.ok(file instanceof pulumi.asset.FileAsset);
  return readFileSync(await file.path, "utf8");
}

describe("FivetranConnector: roles", () => {
  it("F9: Fivetran's role trusts its account with the External ID and may call this function alone", async () => {
    const run = await deploy();
    assert.deepEqual(statementsAt(run.named("airports-fivetran-role"), "assumeRolePolicy"), [
      {
        Sid: "Fivetran",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::834469178297:root" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": externalId } },
      },
    ]);
    assert.deepEqual(statementsAt(run.named("airports-fivetran-role-policy")), [invoke]);
  });

  it("F9: both the account and the External ID are changeable, the latter by an output too", async () => {
    const run = await deploy({ fivetranAccountId: "111122223333", externalId: pulumi.output("another/one") });
    const [statement] = statementsAt(run.named("airports-fivetran-role"), "assumeRolePolicy");
    assert.deepEqual(statement?.Principal, { AWS: "arn:aws:iam::111122223333:root" });
    assert.deepEqual(statement?.Condition, { StringEquals: { "sts:ExternalId": "another/one" } });
    assert.equal(await resolved(run.result.externalId), "another/one");
  });

  it("F9: with the S3 method each role may do what it needs with the files under the prefix; of the bucket Fivetran sees the region alone", async () => {
    const run = await deploy({ syncMethod: "s3", bucketPrefix: "fivetran/" });
    const bucket = `arn:aws:s3:::${deployed}-sync-${mockPlace}`;
    const files = `${bucket}/fivetran/*`;
    assert.deepEqual(statementsAt(run.named("airports-fivetran-role-policy")), [
      invoke,
      {
        Sid: "SyncBucket1",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:DeleteObject", "s3:PutObject"],
        Resource: [files],
      },
      { Sid: "SyncBucket2", Effect: "Allow", Action: ["s3:GetBucketLocation"], Resource: [bucket] },
    ]);
    assert.deepEqual(statementsAt(run.named("airports-function-role-policy")), [
      logs,
      { Sid: "SyncBucket1", Effect: "Allow", Action: ["s3:PutObject"], Resource: [files] },
    ]);
  });

  it("F9: without the S3 method the function's own role may write its log and nothing else", async () => {
    const run = await deploy();
    assert.deepEqual(statementsAt(run.named("airports-function-role-policy")), [logs]);
    const [trust] = statementsAt(run.named("airports-function-role"), "assumeRolePolicy");
    assert.deepEqual(trust?.Principal, { Service: "lambda.amazonaws.com" });
    assert.deepEqual(trust?.Condition, { StringEquals: { "aws:SourceAccount": "000000000000" } });
  });

  it("F9: a first preview knows every policy and the same resources; what AWS makes is unknown", async () => {
    const preview = await deploy({ syncMethod: "s3" }, { preview: true });
    const up = await deploy({ syncMethod: "s3" });
    assert.deepEqual(names(preview), names(up));
    for (const { name, type } of up.resources) {
      if (/Policy:/.test(type)) assert.deepEqual(statementsAt(preview.named(name)), statementsAt(up.named(name)), name);
    }
    assert.deepEqual(
      statementsAt(preview.named("airports-fivetran-role"), "assumeRolePolicy"),
      statementsAt(up.named("airports-fivetran-role"), "assumeRolePolicy"),
    );
    assert.equal(await resolved(preview.result.roleArn), undefined);
    assert.equal(await resolved(preview.result.fivetranForm), undefined);
    assert.equal(await resolved(preview.result.functionName), `${deployed}-function`);
  });
});

describe("FivetranConnector: function and bucket", () => {
  it("F9: the user's entry is bundled with what it imports, and the function is told where it begins", async () => {
    const run = await deploy({ startFrom: "2020-01-01", environment: { REGION_OF_SOURCE: "eu" }, memory: 1024 });
    const lambda = run.named("airports-function");
    assert.equal(at(lambda, "handler"), "index.handler");
    assert.equal(at(lambda, "timeout"), 300);
    assert.equal(at(lambda, "memorySize"), 1024);
    assert.deepEqual(at(lambda, "environment.variables"), {
      REGION_OF_SOURCE: "eu",
      START: "2020-01-01",
      PIPELINE: deployed,
    });
    assert.match(await codeOf(run), /hasMore/, "what the entry imports is in the bundle");
    assert.equal(await codeOf(run), await codeOf(await deploy()), "the same sources give the same bytes");
  });

  it("F9: a ready bundle is deployed as it is", async () => {
    const folder = join(fixtures, "bundle");
    const run = await deploy({ entry: undefined, bundle: folder });
    const archive = at(run.named("airports-function"), "code");
    assert.ok(archive instanceof pulumi.asset.FileArchive);
    assert.equal(await archive.path, folder);
  });

  it("F9: the sync bucket is made for the S3 method alone: private, encrypted, over TLS, emptied after some days", async () => {
    const direct = await deploy();
    assert.deepEqual(direct.ofType("aws:s3/bucket:Bucket"), []);
    assert.equal(await resolved(direct.result.bucketName), "");
    const run = await deploy({ syncMethod: "s3", bucketNameSuffix: "x7", fileDays: 3 });
    assert.equal(at(run.named("airports-sync"), "bucket"), `${deployed}-sync-x7`);
    assert.equal(await resolved(run.result.bucketName), `${deployed}-sync-x7`);
    for (const block of ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]) {
      assert.equal(at(run.named("airports-sync-public-access"), block), true);
    }
    assert.ok(refusesPlainHttp(statementsAt(run.named("airports-sync-policy"))));
    assert.deepEqual(at(run.named("airports-sync-encryption"), "rules"), [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    const rules = at(run.named("airports-sync-lifecycle"), "rules") as object[];
    assert.deepEqual(rules[0], { id: "files", status: "Enabled", filter: { prefix: "" }, expiration: { days: 3 } });
    assert.deepEqual(Reflect.get(rules[1] ?? {}, "noncurrentVersionExpiration"), { noncurrentDays: 1 });
  });

  it("F9: a bucket with files in it is only deleted where allowDestroy says so", async () => {
    const protects = async (allowDestroy: boolean) => {
      const seen = new Map<string, unknown>();
      const run = await runMocked(() => {
        const look: pulumi.ResourceTransformation = ({ name, opts }) => {
          seen.set(name, opts.protect);
          return undefined;
        };
        new FivetranConnector(
          "airports",
          { entry, externalId, syncMethod: "s3", allowDestroy },
          { transformations: [look] },
        );
      });
      return [seen.get("airports-sync"), at(run.named("airports-sync"), "forceDestroy")];
    };
    assert.deepEqual(await protects(false), [true, false]);
    assert.deepEqual(await protects(true), [false, true]);
  });

  it("F9: errors, throttles, a call near its time-out and a sync that stands still have alarms that tell the topic", async () => {
    const topic = "arn:aws:sns:us-east-1:000000000000:oncall";
    const run = await deploy({ alarmTopicArn: topic, timeout: 60 });
    const found = run.ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
    const lambdaAlarms = found.filter((alarm) => at(alarm, "namespace") === "AWS/Lambda");
    assert.deepEqual(lambdaAlarms.map((alarm) => `${at(alarm, "metricName")} > ${at(alarm, "threshold")}`).sort(), [
      "Duration > 59500",
      "Errors > 0",
      "Throttles > 0",
    ]);
    const [stalls] = found.filter((alarm) => !lambdaAlarms.includes(alarm));
    assert.ok(stalls);
    assert.equal(at(stalls, "metricName"), "Stalls");
    assert.deepEqual(at(stalls, "dimensions"), { Pipeline: deployed });
    for (const alarm of lambdaAlarms) {
      assert.deepEqual(at(alarm, "dimensions"), { FunctionName: `${deployed}-function` });
    }
    for (const alarm of found) assert.deepEqual(at(alarm, "alarmActions"), [topic]);
    assert.equal((await resolved(run.result.alarmNames))?.length, found.length);
  });

  it("F9: tracing is granted only where it is on, and the log is kept as long as it is told", async () => {
    const run = await deploy({ tracing: true, logRetentionDays: 7 });
    assert.ok(statementsAt(run.named("airports-function-role-policy")).some(({ Sid }) => Sid === "Traces"));
    assert.equal(at(run.named("airports-function-logs"), "retentionInDays"), 7);
  });

  it("S4: the names of a long one fit, and differ from another's that begins the same", async () => {
    const long = "orders-of-the-subsidiary-in-the-north";
    const run = await runMocked(() => {
      for (const name of [`${long}a`, `${long}b`]) {
        new FivetranConnector(name, { entry, externalId, syncMethod: "s3", bucketNameSuffix: "eu-central-1-prod" });
      }
    });
    const physical = (type: string, path: string) => run.ofType(type).map((one) => String(at(one, path)));
    const found = [
      ...physical("aws:iam/role:Role", "name"),
      ...physical("aws:lambda/function:Function", "name"),
      ...physical("aws:s3/bucket:Bucket", "bucket"),
    ];
    assert.equal(new Set(found).size, 8);
    for (const name of found) assert.ok(name.length <= 64, name);
    for (const bucket of physical("aws:s3/bucket:Bucket", "bucket")) assert.match(bucket, /^[a-z0-9-]{3,63}$/);
  });

  it("S4: two connectors in one program don't collide, and each has a role of its own", async () => {
    const run = await runMocked(() => {
      new FivetranConnector("first", { entry, externalId });
      new FivetranConnector("second", { entry, externalId, syncMethod: "s3" });
    });
    const keys = names(run);
    assert.equal(new Set(keys).size, keys.length);
    const physical = run.ofType("aws:iam/role:Role").map((role) => at(role, "name"));
    assert.equal(new Set(physical).size, 4);
  });
});

describe("FivetranConnector: outputs", () => {
  it("F9, S5: the outputs are what Fivetran's form asks for, by the names of its fields", async () => {
    const { result } = await deploy({ syncMethod: "s3" });
    const roleArn = `arn:aws:iam::000000000000:role/${deployed}-fivetran-role`;
    assert.equal(await resolved(result.roleArn), roleArn);
    assert.equal(await resolved(result.functionArn), functionArn);
    assert.equal(await resolved(result.region), "us-east-1");
    const { form, api } = JSON.parse((await resolved(result.fivetranForm)) ?? "");
    assert.equal(form["External ID"], externalId);
    assert.equal(form["Role ARN"], roleArn);
    assert.equal(form["Lambda Function"], `${deployed}-function`);
    assert.equal(form.Region, "us-east-1");
    assert.equal(form["Sync Method"], "Sync through S3 bucket");
    assert.equal(form["S3 Bucket"], `${deployed}-sync-${mockPlace}`);
    assert.deepEqual(api.config, {
      role_arn: roleArn,
      function: `${deployed}-function`,
      region: "us-east-1",
      sync_method: "CLOUD_STORAGE",
      bucket: `${deployed}-sync-${mockPlace}`,
    });
  });

  it("F9: with the direct method the form has no bucket", async () => {
    const { form, api } = JSON.parse((await resolved((await deploy()).result.fivetranForm)) ?? "");
    assert.equal(form["Sync Method"], "Sync directly");
    assert.ok(!("S3 Bucket" in form));
    assert.equal(api.config.sync_method, "DIRECT");
    assert.ok(!("bucket" in api.config));
  });
});
