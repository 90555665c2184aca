import assert from "node:assert/strict";
import { tableConfig } from "../../../../functions/export-delta-import/shared/config";
import type { ExportDeltaImportArgs } from "../../../../index";
import { at, mockPlace, resolved } from "../../mocks";
import { refusesPlainHttp, roleStatements, statementsAt } from "../../parts/documents";
import { configOf, deploy } from "./deploy";

/** What the physical names begin with. */
const deployed = "data-pipelines-test-imports";
const machineArn = `arn:aws:states:us-east-1:000000000000:stateMachine:${deployed}-imports`;

describe("ExportDeltaImport", () => {
  it("D3: new objects of the bucket reach the register function's queue by a rule that alone may send", async () => {
    const run = await deploy();
    assert.equal(at(run.named("imports-exports-notification"), "eventbridge"), true);
    const pattern = JSON.parse(String(at(run.named("imports-exports-rule"), "eventPattern")));
    assert.deepEqual(pattern, {
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: [`${deployed}-exports-${mockPlace}`] } },
    });
    const policy = statementsAt(run.named("imports-register-queue-policy"));
    assert.ok(refusesPlainHttp(policy));
    const [rule, ...others] = policy.filter(({ Effect }) => Effect === "Allow");
    assert.deepEqual(others, []);
    assert.deepEqual(rule?.Condition, {
      ArnLike: { "aws:SourceArn": `arn:aws:events:us-east-1:000000000000:rule/${deployed}-exports` },
      StringEquals: { "aws:SourceAccount": "000000000000" },
    });
  });

  it("D3: an existing bucket's notifications are left alone unless it is asked for, and only its prefix is read", async () => {
    const existing = { bucketName: "our-exports", prefix: "nightly/" };
    const run = await deploy(existing);
    assert.equal(run.ofType("aws:s3/bucketNotification:BucketNotification").length, 0);
    assert.equal(run.ofType("aws:s3/bucket:Bucket").length, 1);
    const pattern = JSON.parse(String(at(run.named("imports-exports-rule"), "eventPattern")));
    assert.deepEqual(pattern.detail, { bucket: { name: ["our-exports"] }, object: { key: [{ prefix: "nightly/" }] } });
    for (const name of ["register", "normalise"]) {
      const reads = roleStatements(run, `imports-${name}-role`).filter(({ Resource }) =>
        [Resource].flat().some((arn) => arn.startsWith("arn:aws:s3:::our-exports/")),
      );
      assert.deepEqual([...new Set(reads.flatMap(({ Resource }) => Resource))], ["arn:aws:s3:::our-exports/nightly/*"]);
    }
    const managed = await deploy({ ...existing, manageNotifications: true });
    assert.equal(at(managed.named("imports-exports-notification"), "eventbridge"), true);
  });

  it("D4, D5: registry, lock and target are kept: protected, recoverable to a point in time, encrypted", async () => {
    for (const allowDestroy of [false, true]) {
      const run = await deploy({ allowDestroy });
      for (const part of ["registry", "lock", "target"]) {
        const table = run.named(`imports-${part}`);
        assert.deepEqual(at(table, "pointInTimeRecovery"), { enabled: true });
        assert.deepEqual(at(table, "serverSideEncryption"), { enabled: true });
        assert.equal(at(table, "deletionProtectionEnabled"), !allowDestroy);
        assert.equal(run.registrations.find(({ name }) => name === `imports-${part}`)?.protect, !allowDestroy);
      }
      assert.deepEqual(at(run.named("imports-registry"), "ttl"), { attributeName: "expiresAt", enabled: true });
      assert.equal(run.named("imports-lock").inputs.ttl, undefined);
    }
  });

  it("D5: an execution that ends otherwise frees its table, by a rule for this state machine alone", async () => {
    const run = await deploy();
    const pattern = JSON.parse(String(at(run.named("imports-ended-rule"), "eventPattern")));
    assert.deepEqual(pattern.detail, { status: ["FAILED", "TIMED_OUT", "ABORTED"], stateMachineArn: [machineArn] });
    assert.equal(
      at(run.named("imports-ended-permission"), "sourceArn"),
      `arn:aws:events:us-east-1:000000000000:rule/${deployed}-ended`,
    );
    assert.equal(at(run.named("imports-ended-permission"), "function"), `${deployed}-control`);
  });

  it("D5: a lease outlasts everything that runs between two renewals", async () => {
    const run = await deploy({ queryTimeout: 7_200 });
    const lease = Number(at(run.named("imports-control"), "environment.variables.LEASE_SECONDS"));
    const definition = JSON.parse(String(at(run.named("imports-imports"), "definition")));
    const queries = ["Check keys", "Compute delta", "Count operations"].map((name) => definition.States[name]);
    const longest = queries.reduce((sum, { TimeoutSeconds }) => sum + TimeoutSeconds, 0);
    assert.ok(lease > longest + 900, `${lease} s against ${longest} s of queries`);
    assert.ok(definition.TimeoutSeconds > definition.States["Await approval"].TimeoutSeconds + 21_600);
  });

  it("D7: the workgroup decides: encrypted results in the work bucket, a limit for each query, statistics", async () => {
    const run = await deploy({ maxScannedBytes: 50_000_000_000, maxScannedBytesPerDay: 200_000_000_000 });
    assert.deepEqual(at(run.named("imports-workgroup"), "configuration"), {
      enforceWorkgroupConfiguration: true,
      publishCloudwatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: 50_000_000_000,
      engineVersion: { selectedEngineVersion: "Athena engine version 3" },
      resultConfiguration: {
        outputLocation: `s3://${deployed}-work-${mockPlace}/athena/`,
        encryptionConfiguration: { encryptionOption: "SSE_S3" },
      },
    });
    const alarm = run.named("imports-scanned-bytes-alarm");
    assert.equal(at(alarm, "threshold"), 200_000_000_000);
    assert.equal(at(alarm, "period"), 86_400);
    assert.match(String(at(run.named("imports-database"), "name")), /^[a-z0-9_]+$/);
  });

  it("D7: the state machine may touch its own database, workgroup and prefixes, and nothing else", async () => {
    const statements = roleStatements(await deploy(), "imports-imports-role");
    const mine = new RegExp(
      [
        `^arn:aws:s3:::${deployed}-work-${mockPlace}(/(staged|deltas|athena)/\\*)?$`,
        "^arn:aws:glue:us-east-1:000000000000:(catalog|(database|table)/data_pipelines_test_imports_exports_\\w+(/\\*)?)$",
        "^arn:aws:glue:us-east-1:000000000000:database/default$",
        `^arn:aws:athena:us-east-1:000000000000:workgroup/${deployed}-imports$`,
        `^arn:aws:lambda:us-east-1:000000000000:function:${deployed}-(normalise|control|publish)(:\\*)?$`,
        `^arn:aws:sns:us-east-1:000000000000:${deployed}-notifications$`,
      ].join("|"),
    );
    const others = statements
      .filter(({ Sid }) => Sid !== "Log")
      .flatMap(({ Resource }) => Resource)
      .filter((arn) => !mine.test(arn));
    assert.deepEqual(others, []);
    assert.ok(statements.some(({ Action }) => [Action].flat().includes("glue:CreateTable")));
  });

  it("D9: the tables' complete configuration lies beside the functions that read exports", async () => {
    const tables: ExportDeltaImportArgs["tables"] = [
      { table: "orders", keyColumns: ["id"], delimiter: ";" },
      { table: "*", keyColumns: ["a", "b"], header: false, columns: [{ name: "a" }, { name: "b", type: "integer" }] },
    ];
    const run = await deploy({ tables, versionOrder: "text", prefix: "in/" });
    for (const name of ["register", "normalise", "control"]) {
      const config = await configOf(run.named(`imports-${name}`));
      assert.equal(config.versionOrder, "text");
      assert.equal(config.prefix, "in/");
      assert.equal(tableConfig(config, "orders")?.delimiter, ";");
      assert.equal(tableConfig(config, "orders")?.maxDeletedShare, 0.2);
      assert.deepEqual(tableConfig(config, "anything")?.columns, [
        { name: "a", type: "string" },
        { name: "b", type: "integer" },
      ]);
      assert.equal(tableConfig(config, "*")?.keyColumns.length, 2);
    }
    const alone = await configOf((await deploy()).named("imports-register"));
    assert.equal(tableConfig(alone, "anything"), undefined);
  });

  it("D10: the stream is encrypted, kept, and on demand unless shards are given", async () => {
    const onDemand = (await deploy()).named("imports-operations");
    assert.equal(at(onDemand, "streamModeDetails.streamMode"), "ON_DEMAND");
    assert.equal(onDemand.inputs.shardCount, undefined);
    assert.equal(at(onDemand, "encryptionType"), "KMS");
    const run = await deploy({ stream: { shards: 4, retentionHours: 48 } });
    const stream = run.named("imports-operations");
    assert.equal(at(stream, "streamModeDetails.streamMode"), "PROVISIONED");
    assert.equal(at(stream, "shardCount"), 4);
    assert.equal(at(stream, "retentionPeriod"), 48);
    assert.equal(run.registrations.find(({ name }) => name === "imports-operations")?.protect, true);
    assert.equal(at(run.named("imports-apply-age-alarm"), "threshold"), 48 * 900_000);
  });

  it("D13: as many publishers run side by side as the stream has shards", async () => {
    const widths = [];
    for (const args of [{}, { stream: { shards: 2 } }, { stream: { shards: 200 } }, { publish: { concurrency: 7 } }]) {
      const definition = JSON.parse(String(at((await deploy(args)).named("imports-imports"), "definition")));
      widths.push(definition.States.Publish.MaxConcurrency);
    }
    assert.deepEqual(widths, [5, 2, 40, 7]);
  });

  it("D11: a shard's operations are applied one batch after the other, until they expire, then told to a queue", async () => {
    const run = await deploy();
    const { inputs } = run.named("imports-apply-source");
    assert.equal(inputs.parallelizationFactor, 1);
    assert.equal(inputs.startingPosition, "TRIM_HORIZON");
    assert.equal(inputs.maximumRetryAttempts, -1);
    assert.equal(inputs.maximumRecordAgeInSeconds, -1);
    assert.equal(inputs.bisectBatchOnFunctionError, true);
    assert.deepEqual(inputs.functionResponseTypes, ["ReportBatchItemFailures"]);
    const queue = `arn:aws:sqs:us-east-1:000000000000:${deployed}-apply-failures`;
    assert.deepEqual(inputs.destinationConfig, { onFailure: { destinationArn: queue } });
    const may = (action: string) =>
      roleStatements(run, "imports-apply-role").filter(({ Action }) => [Action].flat().includes(action));
    assert.deepEqual(
      may("sqs:SendMessage").flatMap(({ Resource }) => Resource),
      [queue],
    );
    assert.deepEqual(
      may("kinesis:GetRecords").flatMap(({ Resource }) => Resource),
      [`arn:aws:kinesis:us-east-1:000000000000:stream/${deployed}-operations`],
    );
  });

  it("D11: only the apply function may write the target, and only it has its name", async () => {
    const run = await deploy();
    const target = `arn:aws:dynamodb:us-east-1:000000000000:table/${deployed}-target`;
    const writers = ["register", "normalise", "control", "publish", "apply", "imports"].filter((part) =>
      roleStatements(run, `imports-${part}-role`).some(({ Resource }) => [Resource].flat().includes(target)),
    );
    assert.deepEqual(writers, ["apply"]);
  });

  it("D11: with a stream the target can be followed into Snowflake", async () => {
    assert.equal(await resolved((await deploy()).result.targetTableStreamArn), "");
    const run = await deploy({ targetStream: true });
    assert.equal(at(run.named("imports-target"), "streamViewType"), "NEW_IMAGE");
  });

  it("D14: everything that somebody has to look at has an alarm that tells the topic", async () => {
    const run = await deploy();
    const alarms = run.ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
    const topic = `arn:aws:sns:us-east-1:000000000000:${deployed}-notifications`;
    for (const alarm of alarms) assert.deepEqual(alarm.inputs.alarmActions, [topic], alarm.name);
    const metrics = alarms.map(({ inputs }) => `${inputs.namespace} ${inputs.metricName}`);
    for (const metric of [
      "AWS/States ExecutionsFailed",
      "AWS/States ExecutionsAborted",
      "AWS/Lambda IteratorAge",
      "DataPipelines ExportsRefused",
      "DataPipelines DeltasAwaitingApproval",
      "DataPipelines OperationsFailed",
    ]) {
      assert.ok(metrics.includes(metric), metric);
    }
    assert.equal(metrics.filter((metric) => metric === "AWS/SQS ApproximateNumberOfMessagesVisible").length, 2);
    assert.equal(metrics.filter((metric) => metric === "AWS/Lambda Errors").length, 5);
    const told = (await resolved(run.result.alarmNames)) ?? [];
    assert.deepEqual([...told].sort(), alarms.map(({ inputs }) => inputs.name).sort());
    const mine = "arn:aws:sns:us-east-1:000000000000:oncall";
    const given = await deploy({ alarmTopicArn: mine });
    assert.equal(given.ofType("aws:sns/topic:Topic").length, 0);
    assert.deepEqual(given.named("imports-imports-failed-alarm").inputs.alarmActions, [mine]);
  });

  it("D4: parts that the next export is compared with never expire; everything else does", async () => {
    const run = await deploy({ deltaDays: 3, quarantineDays: 5 });
    const rules = at(run.named("imports-work-lifecycle"), "rules") as {
      id: string;
      filter: { prefix: string };
      expiration?: { days: number };
    }[];
    const days = Object.fromEntries(rules.map(({ filter, expiration }) => [filter.prefix, expiration?.days]));
    assert.deepEqual(days, { "deltas/": 3, "quarantine/": 5, "athena/": 7, "staged/": undefined, "": undefined });
  });

  it("D3: names and ARNs are known at preview", async () => {
    const run = await deploy({}, { preview: true });
    assert.equal(at(run.named("imports-apply"), "name"), `${deployed}-apply`);
    assert.ok(roleStatements(run, "imports-imports-role").length > 5);
    assert.equal(await resolved(run.result.stateMachineArn), machineArn);
  });
});
