import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { permissions as collectPermissions } from "../../../functions/s3-to-dynamodb/collect/permissions";
import { permissions as loadPermissions } from "../../../functions/s3-to-dynamodb/load/permissions";
import { metricsLine } from "../../../functions/shared/metrics";
import type { Grant } from "../../../functions/shared/permission";
import { type S3SourceArgs, S3ToDynamoDb, type S3ToDynamoDbArgs } from "../../../index";
import { at, type MockOptions, type MockResource, type MockRun, mockPlace, resolved, runMocked } from "../mocks";
import { list, refusesPlainHttp, roleStatements, statementsAt } from "../parts/documents";

const foreignAccount = "111122223333";

function deploy(args: Partial<S3ToDynamoDbArgs> = {}, options: MockOptions = {}): Promise<MockRun<S3ToDynamoDb>> {
  return runMocked(() => new S3ToDynamoDb("ingest", { sources: [{ name: "orders" }], ...args }), options);
}

/** The files of a function's code. */
async function codeOf(lambda: MockResource): Promise<Record<string, pulumi.asset.StringAsset>> {
  const archive = at(lambda, "code");
  assert.ok(archive instanceof pulumi.asset.AssetArchive);
  return (await archive.assets) as Record<string, pulumi.asset.StringAsset>;
}

function created(count: number): S3SourceArgs[] {
  return Array.from({ length: count }, (_, i) => ({ name: `source-${i}` }));
}

const mixed: S3SourceArgs[] = [
  { name: "orders", format: "csv", keyFields: ["order_id"] },
  { name: "clicks", bucketName: "our-clicks", prefix: "daily/", suffix: ".json.gz", manageNotifications: true },
  { name: "views", bucketName: "our-clicks", prefix: "views/", manageNotifications: true },
  {
    name: "partner",
    bucketName: "their-exports",
    accountId: foreignAccount,
    prefix: "out/",
    kmsKeyArn: `arn:aws:kms:us-east-1:${foreignAccount}:key/1`,
  },
  { name: "events", eventBridge: true },
];

const deployed = "data-pipelines-test-ingest";
const sqs = `arn:aws:sqs:us-east-1:000000000000:${deployed}`;
/** What the resource roles of permissions.ts stand for in a deployment of `mixed`. */
const targets: Record<string, string[]> = {
  sourceObjects: [
    `${deployed}-source-orders-${mockPlace}/`,
    "our-clicks/daily/",
    "our-clicks/views/",
    "their-exports/out/",
    `${deployed}-source-events-${mockPlace}/`,
  ].map((place) => `arn:aws:s3:::${place}*`),
  sourceBuckets: [
    `${deployed}-source-orders-${mockPlace}`,
    "our-clicks",
    "their-exports",
    `${deployed}-source-events-${mockPlace}`,
  ].map((bucket) => `arn:aws:s3:::${bucket}`),
  sourceKeys: [`arn:aws:kms:us-east-1:${foreignAccount}:key/1`],
  landingBucket: [`arn:aws:s3:::${deployed}-landing-${mockPlace}`],
  table: [`arn:aws:dynamodb:us-east-1:000000000000:table/${deployed}-table`],
  ledgerTable: [`arn:aws:dynamodb:us-east-1:000000000000:table/${deployed}-ledger`],
  loadQueue: [`${sqs}-load.fifo`],
  collectQueue: [`${sqs}-collect`],
};

describe("S3ToDynamoDb: sources", () => {
  it("I1: a source without a bucket gets its own, with its notification and grant", async () => {
    const run = await deploy();
    assert.equal(at(run.named("ingest-source-orders"), "bucket"), `${deployed}-source-orders-${mockPlace}`);
    const notification = run.named("ingest-source-orders-notification");
    assert.equal(at(notification, "bucket"), `${deployed}-source-orders-${mockPlace}`);
    assert.equal(
      at(notification, "queues.0.queueArn"),
      "arn:aws:sqs:us-east-1:000000000000:data-pipelines-test-ingest-collect",
    );
    assert.deepEqual(await resolved(run.result.sourceBuckets), { orders: `${deployed}-source-orders-${mockPlace}` });
  });

  it("I1: existing buckets are used as they are, two prefixes of one bucket share its notification", async () => {
    const run = await deploy({ sources: mixed });
    const names = run.ofType("aws:s3/bucket:Bucket").map((bucket) => at(bucket, "bucket"));
    assert.deepEqual(names.sort(), [
      `${deployed}-landing-${mockPlace}`,
      `${deployed}-source-events-${mockPlace}`,
      `${deployed}-source-orders-${mockPlace}`,
    ]);
    const ours = run
      .ofType("aws:s3/bucketNotification:BucketNotification")
      .filter((n) => at(n, "bucket") === "our-clicks");
    assert.equal(ours.length, 1);
    const queues = at(ours[0] ?? assert.fail(), "queues") as {
      id: string;
      filterPrefix: string;
      filterSuffix?: string;
    }[];
    assert.deepEqual(
      queues.map((q) => [q.id, q.filterPrefix, q.filterSuffix]),
      [
        ["clicks", "daily/", ".json.gz"],
        ["views", "views/", undefined],
      ],
    );
  });

  it("I1: a foreign bucket is left alone, and its owner's part is an output", async () => {
    const run = await deploy({ sources: mixed });
    const touched = run.resources.filter((r) => r.type.startsWith("aws:s3/") && r.inputs.bucket === "their-exports");
    assert.deepEqual(touched, []);
    const handover = (await resolved(run.result.foreignBucketPolicies))?.partner;
    const { bucketPolicy, notificationConfiguration, keyPolicyStatement } = JSON.parse(handover ?? "{}");
    assert.equal(bucketPolicy.Statement[0].Resource, "arn:aws:s3:::their-exports/out/*");
    assert.equal(bucketPolicy.Statement[0].Principal.AWS, await resolved(run.result.collectRoleArn));
    assert.equal(notificationConfiguration.QueueConfigurations[0].QueueArn, await resolved(run.result.collectQueueArn));
    assert.equal(keyPolicyStatement.Action, "kms:Decrypt");
    const [buckets] = statementsAt(run.named("ingest-collect-queue-policy")).filter(({ Sid }) => Sid === "Buckets");
    assert.deepEqual(buckets?.Condition?.StringEquals?.["aws:SourceAccount"], ["000000000000", foreignAccount]);
    assert.ok(list(buckets?.Condition?.ArnLike?.["aws:SourceArn"] ?? []).includes("arn:aws:s3:::their-exports"));
  });

  it("I1: a source on EventBridge gets a rule that only it may use to send", async () => {
    const run = await deploy({ sources: mixed });
    assert.equal(at(run.named("ingest-source-events-notification"), "eventbridge"), true);
    const pattern = JSON.parse(String(at(run.named("ingest-source-events-rule"), "eventPattern")));
    assert.deepEqual(pattern.detail, { bucket: { name: [`${deployed}-source-events-${mockPlace}`] } });
    const [rules] = statementsAt(run.named("ingest-collect-queue-policy")).filter(({ Sid }) => Sid === "Rules");
    assert.deepEqual(rules?.Condition?.ArnLike?.["aws:SourceArn"], [
      "arn:aws:events:us-east-1:000000000000:rule/data-pipelines-test-ingest-source-events",
    ]);
  });

  it("I1: manageNotifications: false leaves the bucket's notifications to their owner", async () => {
    const run = await deploy({ sources: [{ name: "a", bucketName: "shared", manageNotifications: false }] });
    assert.equal(run.ofType("aws:s3/bucketNotification:BucketNotification").length, 0);
  });

  it("I1: the N+1st source is one entry: it adds its own resources and touches only the policies of collect (and both archives)", async () => {
    const before = await deploy({ sources: created(3) });
    const after = await deploy({ sources: created(4) });
    const added = after.resources.filter(({ name }) => !before.resources.some((r) => r.name === name));
    assert.equal(added.length, 8);
    assert.ok(added.every(({ name }) => name.startsWith("ingest-source-source-3")));
    const changed = after.resources.filter((r) => {
      const old = before.resources.find(({ name }) => name === r.name);
      return old !== undefined && JSON.stringify(old.inputs) !== JSON.stringify(r.inputs);
    });
    assert.deepEqual(changed.map(({ name }) => name).sort(), [
      "ingest-collect-queue-policy",
      "ingest-collect-role-policy",
    ]);
  });

  it("I1: 300 sources fit into the policies that AWS takes, and resources grow in line", async () => {
    const run = await deploy({ sources: created(300) });
    const per = (count: number): number => 8 * count;
    assert.ok(run.resources.length < per(300) + 60, `${run.resources.length} resources`);
    assert.ok(String(at(run.named("ingest-collect-queue-policy"), "policy")).length < 8_192);
    for (const policy of run.ofType("aws:iam/policy:Policy")) assert.ok(String(at(policy, "policy")).length <= 6_144);
    assert.ok(String(at(run.named("ingest-collect-role-policy"), "policy")).length <= 10_240);
    assert.ok(run.ofType("aws:iam/policy:Policy").length <= 10);
    const readable = roleStatements(run, "ingest-collect-role").flatMap(({ Action, Resource }) =>
      list(Action).includes("s3:GetObjectVersion") ? list(Resource) : [],
    );
    assert.equal(new Set(readable).size, 300);
  });

  it("I1: a bucket's name may be an output, and overlaps show as soon as it is known", async () => {
    const run = await deploy({
      sources: [{ name: "a", bucketName: pulumi.output("late"), manageNotifications: true }],
    });
    assert.equal(at(run.named("ingest-source-a-notification"), "bucket"), "late");
    await assert.rejects(
      deploy({
        sources: [
          { name: "a", bucketName: pulumi.output("late"), eventBridge: true },
          { name: "b", bucketName: pulumi.output("late"), eventBridge: true },
        ],
      }),
      /a and b.*bucket late/,
    );
  });
});

describe("S3ToDynamoDb: security", () => {
  it("I1: from the 70th bucket on, created ones send under their common beginning; nobody else's does", async () => {
    const senders = async (count: number) => {
      const run = await deploy({ sources: [...created(count), { ...mixed[1], name: "clicks" } as S3SourceArgs] });
      const [buckets] = statementsAt(run.named("ingest-collect-queue-policy")).filter(({ Sid }) => Sid === "Buckets");
      assert.deepEqual(buckets?.Condition?.StringEquals, { "aws:SourceAccount": ["000000000000"] });
      return list(buckets?.Condition?.ArnLike?.["aws:SourceArn"] ?? []);
    };
    assert.deepEqual(await senders(80), ["arn:aws:s3:::our-clicks", `arn:aws:s3:::${deployed}-source-source-*`]);
    const few = await senders(60);
    assert.equal(few.length, 61);
    assert.ok(few.every((arn) => !arn.includes("*")));
  });

  it("I21: created buckets' names are the world's own; a suffix of one's own takes the place of account and region", async () => {
    const nameIn = async (args: Partial<S3ToDynamoDbArgs>) =>
      String(at((await deploy(args)).named("ingest-landing"), "bucket"));
    assert.match(await nameIn({}), new RegExp(`^${deployed}-landing-[0-9a-f]{8}$`));
    assert.equal(await nameIn({ bucketNameSuffix: "acme" }), `${deployed}-landing-acme`);
    const long = { sources: [{ name: "s".repeat(40) }] };
    const bucket = String(at((await deploy(long)).named(`ingest-source-${"s".repeat(40)}`), "bucket"));
    assert.ok(bucket.length <= 63 && bucket.endsWith(`-${mockPlace}`), bucket);
  });

  it("I1: every bucket is private, encrypted, versioned and refuses plain HTTP", async () => {
    const run = await deploy({ sources: mixed });
    for (const bucket of run.ofType("aws:s3/bucket:Bucket")) {
      const of = (part: string) => run.named(`${bucket.name}-${part}`);
      for (const flag of ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]) {
        assert.equal(at(of("public-access"), flag), true);
      }
      assert.equal(at(of("ownership"), "rule.objectOwnership"), "BucketOwnerEnforced");
      assert.equal(at(of("encryption"), "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm"), "AES256");
      assert.equal(at(of("versioning"), "versioningConfiguration.status"), "Enabled");
      assert.ok(refusesPlainHttp(statementsAt(of("policy"))));
      assert.equal(at(bucket, "forceDestroy"), false);
    }
  });

  it("I8: every queue is encrypted, refuses plain HTTP, and has a DLQ that only it may use", async () => {
    const run = await deploy();
    const queues = run.ofType("aws:sqs/queue:Queue");
    assert.equal(queues.length, 4);
    for (const queue of queues) {
      assert.equal(at(queue, "sqsManagedSseEnabled"), true);
      assert.ok(refusesPlainHttp(statementsAt(run.named(`${queue.name}-policy`))));
    }
    for (const [part, fifo] of [
      ["collect", ""],
      ["load", ".fifo"],
    ] as const) {
      const arn = `arn:aws:sqs:us-east-1:000000000000:data-pipelines-test-ingest-${part}`;
      const redrive = JSON.parse(String(at(run.named(`ingest-${part}-queue`), "redrivePolicy")));
      assert.deepEqual(redrive, { deadLetterTargetArn: `${arn}-dlq${fifo}`, maxReceiveCount: 5 });
      const allow = JSON.parse(String(at(run.named(`ingest-${part}-dlq`), "redriveAllowPolicy")));
      assert.deepEqual(allow, { redrivePermission: "byQueue", sourceQueueArns: [`${arn}${fifo}`] });
    }
  });

  for (const [part, declared] of [
    ["collect", collectPermissions],
    ["load", loadPermissions],
  ] as const) {
    it(`I1: the role of ${part} allows exactly what its permissions.ts declares, and to log and read its queue`, async () => {
      const run = await deploy({ sources: mixed });
      const statements = roleStatements(run, `ingest-${part}-role`);
      const queue = `${sqs}-${part === "load" ? "load.fifo" : "collect"}`;
      const own = [
        ...["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"].map((action) => `${action} ${queue}`),
        ...["logs:CreateLogStream", "logs:PutLogEvents"].map(
          (action) => `${action} arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/${deployed}-${part}:*`,
        ),
      ];
      const wanted = Object.entries<readonly Grant[]>(declared).flatMap(([role, grants]) =>
        grants.flatMap(({ actions, suffix = "" }) =>
          (targets[role] ?? assert.fail(role)).flatMap((arn) =>
            actions.map((action) => `${action} ${role === "sourceObjects" ? arn : arn + suffix}`),
          ),
        ),
      );
      assert.ok(statements.every(({ Effect }) => Effect === "Allow"));
      const granted = statements.flatMap(({ Action, Resource }) =>
        list(Action).flatMap((action) => list(Resource).map((resource) => `${action} ${resource}`)),
      );
      assert.deepEqual(granted.sort(), [...own, ...wanted].sort());
      const trust = statementsAt(run.named(`ingest-${part}-role`), "assumeRolePolicy");
      assert.deepEqual(trust[0]?.Condition, { StringEquals: { "aws:SourceAccount": "000000000000" } });
    });
  }

  it("I2: both functions may continue themselves through their queues as often as a file needs", async () => {
    const run = await deploy();
    const configs = run.ofType("aws:lambda/functionRecursionConfig:FunctionRecursionConfig");
    assert.deepEqual(
      configs.map(({ inputs }) => [inputs.functionName, inputs.recursiveLoop]).sort(),
      ["collect", "load"].map((part) => [`${deployed}-${part}`, "Allow"]),
    );
  });

  it("I1: X-Ray is granted only when tracing is on", async () => {
    const traces = async (tracing: boolean) =>
      roleStatements(await deploy({ tracing }), "ingest-load-role").filter(({ Sid }) => Sid === "Traces").length;
    assert.equal(await traces(false), 0);
    assert.equal(await traces(true), 1);
  });

  it("I21: one source's bucket can be let go without letting go of anything else", async () => {
    const run = await deploy({ sources: [{ name: "going", allowDestroy: true }, { name: "staying" }] });
    const guarded = (name: string) => run.registrations.find((each) => each.name === name)?.protect;
    assert.deepEqual(["ingest-source-going", "ingest-source-staying", "ingest-landing", "ingest-table"].map(guarded), [
      false,
      true,
      true,
      true,
    ]);
    assert.equal(at(run.named("ingest-source-going"), "forceDestroy"), true);
    assert.equal(at(run.named("ingest-source-staying"), "forceDestroy"), false);
  });

  it("I21: the ledger's entries expire, the table's items never; a stream carries no old images", async () => {
    const run = await deploy({ stream: true, maxWriteRequestUnits: 5000, retention: { ledgerDays: 400 } });
    assert.deepEqual(at(run.named("ingest-ledger"), "ttl"), { attributeName: "expiresAt", enabled: true });
    assert.equal(run.named("ingest-table").inputs.ttl, undefined);
    assert.equal(at(run.named("ingest-table"), "streamViewType"), "NEW_IMAGE");
    assert.deepEqual(at(run.named("ingest-table"), "onDemandThroughput"), { maxWriteRequestUnits: 5000 });
    assert.equal(run.named("ingest-ledger").inputs.onDemandThroughput, undefined);
    for (const step of ["collect", "load"]) {
      assert.equal(at(run.named(`ingest-${step}`), "environment.variables.LEDGER_DAYS"), "400");
    }
  });

  it("I20: what was staged and never landed goes after three weeks, its versions after a day", async () => {
    const rules = at((await deploy()).named("ingest-landing-lifecycle"), "rules") as Record<string, unknown>[];
    const [staging] = rules.filter(({ id }) => id === "staging");
    assert.deepEqual(staging, {
      id: "staging",
      status: "Enabled",
      filter: { prefix: "staging/" },
      expiration: { days: 21 },
      noncurrentVersionExpiration: { noncurrentDays: 1 },
    });
  });

  it("I5: what holds data is protected unless allowDestroy says otherwise", async () => {
    const kept = await deploy();
    const disposable = await deploy({ allowDestroy: true });
    for (const table of ["ingest-table", "ingest-ledger"]) {
      assert.equal(at(kept.named(table), "deletionProtectionEnabled"), true);
      assert.equal(at(kept.named(table), "pointInTimeRecovery.enabled"), true);
      assert.equal(at(kept.named(table), "billingMode"), "PAY_PER_REQUEST");
      assert.equal(at(disposable.named(table), "deletionProtectionEnabled"), false);
    }
    assert.equal(at(disposable.named("ingest-landing"), "forceDestroy"), true);
  });
});

describe("S3ToDynamoDb: functions, alarms and outputs", () => {
  it("I2: both functions get the whole configuration beside their code", async () => {
    const run = await deploy({ sources: mixed });
    for (const part of ["collect", "load"]) {
      const files = await codeOf(run.named(`ingest-${part}`));
      assert.deepEqual(Object.keys(files).sort(), ["config.json", "index.mjs", "index.mjs.map"]);
      const config = JSON.parse((await files["config.json"]?.text) ?? "");
      assert.equal(config.sources.length, mixed.length);
      assert.deepEqual(config.sources[0].keyFields, ["order_id"]);
      assert.equal(config.sources[1].bucket, "our-clicks");
      assert.equal(config.limits.partBytes, 32 * 1024 ** 2);
    }
  });

  it("I14: what is declared of a source's text reaches the function that reads it", async () => {
    const declared = { format: "csv", delimiter: ";", encoding: "windows-1252", compression: "gzip" };
    const files = await codeOf((await deploy({ sources: [{ name: "excel", ...declared }] })).named("ingest-collect"));
    const [{ format, delimiter, encoding, compression }] = JSON.parse((await files["config.json"]?.text) ?? "").sources;
    assert.deepEqual({ format, delimiter, encoding, compression }, declared);
  });

  it("I8, I18: queues give a function its timeout and a minute, one message at a time, at most `concurrency` at once", async () => {
    const run = await deploy({ load: { timeout: 120, concurrency: 7, memory: 512 } });
    assert.equal(at(run.named("ingest-load"), "timeout"), 120);
    assert.equal(at(run.named("ingest-load"), "memorySize"), 512);
    assert.equal(at(run.named("ingest-load-queue"), "visibilityTimeoutSeconds"), 180);
    const mapping = run.named("ingest-load-source");
    assert.equal(at(mapping, "batchSize"), 1);
    assert.equal(at(mapping, "scalingConfig.maximumConcurrency"), 7);
    assert.deepEqual(at(mapping, "functionResponseTypes"), ["ReportBatchItemFailures"]);
  });

  it("I11, I18: whole alarms: what they look at, from which value, and that they tell the topic", async () => {
    const topic = "arn:aws:sns:us-east-1:000000000000:oncall";
    const run = await deploy({ alarmTopicArn: topic, maxMessageAge: 1234 });
    const alarms = run.ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
    const watched = alarms.map(({ inputs }) => {
      const { name: _name, alarmDescription: _words, tags: _tags, ...alarm } = inputs;
      return alarm;
    });
    const common = {
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      period: 300,
      evaluationPeriods: 1,
      statistic: "Sum",
      treatMissingData: "notBreaching",
      alarmActions: [topic],
      okActions: [topic],
    };
    const sqs = (metricName: string, QueueName: string, more = {}) => ({
      ...common,
      namespace: "AWS/SQS",
      metricName,
      dimensions: { QueueName },
      statistic: "Maximum",
      ...more,
    });
    const errors = (FunctionName: string) => ({
      ...common,
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName },
    });
    const own = (metricName: string) => ({
      ...common,
      namespace: "DataPipelines",
      metricName,
      dimensions: { Pipeline: deployed },
    });
    assert.deepEqual(watched, [
      sqs("ApproximateNumberOfMessagesVisible", `${deployed}-collect-dlq`),
      sqs("ApproximateAgeOfOldestMessage", `${deployed}-collect`, { threshold: 1234 }),
      errors(`${deployed}-collect`),
      sqs("ApproximateNumberOfMessagesVisible", `${deployed}-load-dlq.fifo`),
      sqs("ApproximateAgeOfOldestMessage", `${deployed}-load.fifo`, { threshold: 1234 }),
      errors(`${deployed}-load`),
      own("RecordsQuarantined"),
      own("FilesQuarantined"),
      {
        ...common,
        namespace: "AWS/DynamoDB",
        metricName: "WriteThrottleEvents",
        dimensions: { TableName: `${deployed}-table` },
        evaluationPeriods: 3,
      },
    ]);
    assert.deepEqual(
      await resolved(run.result.alarmNames),
      alarms.map(({ inputs }) => inputs.name),
    );
    const silent = (await deploy()).ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
    assert.ok(silent.every(({ inputs }) => inputs.alarmActions === undefined && inputs.okActions === undefined));
  });

  it("I11: the functions emit the metrics that the alarms look at, under the same names and dimensions", async () => {
    const run = await deploy();
    for (const metric of ["RecordsQuarantined", "FilesQuarantined"] as const) {
      const [alarm] = run
        .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
        .filter(({ inputs }) => inputs.metricName === metric);
      const pipeline = String(at(run.named("ingest-load"), "environment.variables.PIPELINE"));
      const line = JSON.parse(metricsLine(pipeline, { [metric]: 1 }));
      const [{ Namespace, Dimensions, Metrics }] = line._aws.CloudWatchMetrics;
      const [[dimension]] = Dimensions;
      assert.deepEqual(
        [alarm?.inputs.namespace, alarm?.inputs.metricName, alarm?.inputs.dimensions],
        [Namespace, Metrics[0].Name, { [dimension]: line[dimension] }],
      );
    }
  });

  it("I18: what failed for good is put back by a command for each queue", async () => {
    const { result } = await deploy();
    const commands = (await resolved(result.redriveCommands)) ?? {};
    assert.deepEqual(Object.keys(commands), ["collect", "load"]);
    assert.match(
      commands.collect ?? "",
      /^aws sqs start-message-move-task --source-arn arn:aws:sqs:\S+-collect-dlq(\.fifo)?$/,
    );
    assert.match(
      commands.load ?? "",
      /^aws sqs start-message-move-task --source-arn arn:aws:sqs:\S+-load-dlq(\.fifo)?$/,
    );
  });

  it("I10: the replay command names the queue and the ledger", async () => {
    const command = await resolved((await deploy()).result.replayCommand);
    assert.match(
      command ?? "",
      /^npx pulumi-data-pipelines replay --queue-url https:\/\/sqs.*ingest-collect --ledger-table data-pipelines-test-ingest-ledger /,
    );
  });

  it("I1: a first preview, where nothing is created yet, knows every policy and the same resources", async () => {
    const preview = await deploy({ sources: mixed }, { preview: true });
    const up = await deploy({ sources: mixed });
    assert.deepEqual(preview.resources.map(({ name }) => name).sort(), up.resources.map(({ name }) => name).sort());
    for (const { name, type } of up.resources) {
      if (/Policy:|policy:Policy/.test(type)) {
        assert.deepEqual(statementsAt(preview.named(name)), statementsAt(up.named(name)), name);
      }
    }
    assert.equal(await resolved(preview.result.collectQueueUrl), undefined);
    assert.equal(await resolved(preview.result.landingBucketName), `${deployed}-landing-${mockPlace}`);
  });

  it("S4: two instances in one program don't collide", async () => {
    const run = await runMocked(() => {
      new S3ToDynamoDb("first", { sources: [{ name: "a" }] });
      new S3ToDynamoDb("second", { sources: [{ name: "a" }] });
    });
    const keys = run.resources.map(({ type, name }) => `${type} ${name}`);
    assert.equal(new Set(keys).size, keys.length);
  });
});
