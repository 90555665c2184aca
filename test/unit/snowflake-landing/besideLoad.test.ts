import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as snowflake from "@pulumi/snowflake";
import { requiredPreviewFeatures, SnowflakeLanding } from "../../../components/snowflake-landing/snowflakeLanding";
import { at, resolved, runMocked } from "../mocks";
import { base, computed, items, only, providerConfig, run, statements } from "./harness";

describe("SnowflakeLanding beside the load", () => {
  it("W8: the loader role has grants on exactly these objects", async () => {
    const done = await run(base);
    const grants = done.ofType("snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole");
    const told = grants.map((grant) => {
      if ("onSchema" in grant.inputs) return `${grant.inputs.privileges} ON SCHEMA ${at(grant, "onSchema.schemaName")}`;
      const on = "onAccountObject" in grant.inputs ? "onAccountObject" : "onSchemaObject";
      return `${grant.inputs.privileges} ON ${at(grant, `${on}.objectType`)} ${at(grant, `${on}.objectName`)}`;
    });
    assert.deepEqual(told.sort(), [
      'INSERT,SELECT ON TABLE "RAW"."SALES"."ORDERS"',
      'MONITOR,OPERATE ON PIPE "RAW"."SALES"."ORDERS_PIPE"',
      'USAGE ON DATABASE "RAW"',
      'USAGE ON FILE FORMAT "RAW"."SALES"."ORDERS_FORMAT"',
      'USAGE ON INTEGRATION "DATA_PIPELINES_TEST_SALES_STORAGE"',
      'USAGE ON SCHEMA "RAW"."SALES"',
      'USAGE ON STAGE "RAW"."SALES"."ORDERS_STAGE"',
    ]);
  });

  it("W8: errors go to a topic through an integration whose role may publish to it alone", async () => {
    const done = await run(base);
    const integration = only(done, "snowflake:index/notificationIntegration:NotificationIntegration").inputs;
    assert.equal(done.named("sales-orders-pipe").inputs.errorIntegration, integration.name);
    const [statement] = statements(done.named("sales-errors-role-policy"), "policy");
    assert.deepEqual([statement?.Action, statement?.Resource], ["sns:Publish", integration.awsSnsTopicArn]);
    assert.match(String(done.named("sales-errors-role").inputs.assumeRolePolicy), /"sts:ExternalId":"ERRORS_ID"/);
  });

  it("W8: a bucket in another region than the account is warned of, once", async () => {
    const warnings = async (snowflakeRegion: string) => {
      const told: string[] = [];
      const { warn } = pulumi.log;
      Reflect.set(pulumi.log, "warn", async (text: string) => void told.push(text));
      try {
        await run({ ...base, snowflakeRegion });
      } finally {
        Reflect.set(pulumi.log, "warn", warn);
      }
      return told;
    };
    assert.deepEqual(await warnings("AWS_US_EAST_1"), []);
    const [warning, ...more] = await warnings("eu-central-1");
    assert.match(warning ?? "", /eu-central-1.*us-east-1/);
    assert.deepEqual(more, []);
  });

  it("W9: a provider that is passed in answers for itself", async () => {
    const done = await runMocked(
      () => {
        pulumi.runtime.setAllConfig({});
        const provider = new snowflake.Provider("own", { previewFeaturesEnabled: [...requiredPreviewFeatures] });
        return new SnowflakeLanding("sales", base, { providers: [provider] });
      },
      { computed },
    );
    only(done, "snowflake:index/pipe:Pipe");
  });

  it("W9: missing preview features are an error that says what to set", async () => {
    await assert.rejects(
      runMocked(() => {
        pulumi.runtime.setAllConfig({
          ...providerConfig,
          "snowflake:previewFeaturesEnabled": '["snowflake_table_resource"]',
        });
        return new SnowflakeLanding("sales", base);
      }),
      /snowflake_pipe_resource[\s\S]*pulumi config set --path 'snowflake:previewFeaturesEnabled\[0\]' snowflake_file_format_resource/,
    );
  });

  it("W10: one argument makes stream mapping, functions, table of changes, pipe and view", async () => {
    const done = await run({ database: "RAW", schema: "SALES", bucketName: "files", dynamoDbTables: [items] });
    const mappingResource = only(done, "aws:lambda/eventSourceMapping:EventSourceMapping");
    const mapping = mappingResource.inputs;
    assert.equal(mapping.eventSourceArn, items.streamArn);
    assert.equal(mapping.startingPosition, "TRIM_HORIZON", "what changed before its first read isn't lost");
    assert.deepEqual(mapping.functionResponseTypes, ["ReportBatchItemFailures"]);
    assert.deepEqual(
      [mapping.batchSize, mapping.maximumBatchingWindowInSeconds, mapping.bisectBatchOnFunctionError],
      [10_000, 60, true],
    );
    assert.match(
      String(at(mappingResource, "destinationConfig.onFailure.destinationArn")),
      /:data-pipelines-test-sales-customers-failures$/,
    );
    assert.equal(done.named("sales-customers-changes-stage").inputs.url, "s3://files/changes/customers/");
    assert.match(String(done.named("sales-customers-changes-pipe").inputs.copyStatement), /\$1:"item"::VARIANT/);
    const view = only(done, "snowflake:index/view:View").inputs;
    assert.equal(view.name, "CUSTOMERS");
    assert.match(String(view.statement), /FROM "RAW"\."SALES"\."CUSTOMERS_CHANGES" WHERE/);
    assert.deepEqual(await resolved(done.result.snapshotCommands), {
      CUSTOMERS: `aws lambda invoke --function-name data-pipelines-test-sales-customers-snapshot --invocation-type Event --cli-binary-format raw-in-base64-out --payload '{"segments":4}' /dev/stdout`,
    });
  });

  it("W10: what can't be written is tried again, kept in a queue and told by an alarm that looks at that queue", async () => {
    const done = await run({ ...base, dynamoDbTables: [items], changesRetries: 7, alarmTopicArn: "arn:aws:sns:x" });
    const queueName = "data-pipelines-test-sales-customers-failures";
    const mapping = only(done, "aws:lambda/eventSourceMapping:EventSourceMapping").inputs;
    assert.equal(mapping.maximumRetryAttempts, 7);
    const invoke = only(done, "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig");
    assert.equal(invoke.inputs.maximumRetryAttempts, 2);
    assert.match(String(at(invoke, "destinationConfig.onFailure.destination")), new RegExp(`:${queueName}$`));
    const alarm = only(done, "aws:cloudwatch/metricAlarm:MetricAlarm").inputs;
    const { namespace, metricName, dimensions, statistic, threshold, comparisonOperator, alarmActions } = alarm;
    assert.deepEqual(
      { namespace, metricName, dimensions, statistic, threshold, comparisonOperator, alarmActions },
      {
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: queueName },
        statistic: "Maximum",
        threshold: 0,
        comparisonOperator: "GreaterThanThreshold",
        alarmActions: ["arn:aws:sns:x"],
      },
    );
    assert.deepEqual(await resolved(done.result.alarmNames), [alarm.name]);
    assert.match(String(alarm.alarmDescription), /empty CUSTOMERS_CHANGES and CUSTOMERS_CURRENT and start a full load/);
  });

  it("W10: the full load may continue itself as often as it needs", async () => {
    const done = await run({ ...base, dynamoDbTables: [items] });
    const { functionName, recursiveLoop } = only(
      done,
      "aws:lambda/functionRecursionConfig:FunctionRecursionConfig",
    ).inputs;
    assert.deepEqual([functionName, recursiveLoop], ["data-pipelines-test-sales-customers-snapshot", "Allow"]);
  });

  it("W10: each function may write only below the table's prefix, and read only its own table", async () => {
    const done = await run({ ...base, dynamoDbTables: [items] });
    const grants = (name: string) =>
      statements(done.named(name), "policy")
        .filter(({ Sid }) => Sid !== "Logs")
        .map(({ Action, Resource }) => [Action, Resource].flat(2).join(" "));
    const files = "s3:PutObject arn:aws:s3:::files/changes/customers/*";
    const failures = "sqs:SendMessage arn:aws:sqs:us-east-1:000000000000:data-pipelines-test-sales-customers-failures";
    assert.deepEqual(grants("sales-customers-changes-role-policy"), [
      files,
      `dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator ${items.streamArn}`,
      failures,
    ]);
    assert.deepEqual(grants("sales-customers-snapshot-role-policy"), [
      `dynamodb:Scan ${items.tableArn}`,
      files,
      "lambda:InvokeFunction arn:aws:lambda:us-east-1:000000000000:function:data-pipelines-test-sales-customers-snapshot",
      failures,
    ]);
  });
});
