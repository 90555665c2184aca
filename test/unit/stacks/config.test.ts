import assert from "node:assert/strict";
import { parseConfig } from "../../../stacks/config";
import type { ConfigError } from "../../../stacks/configError";

const region = { "aws:region": "eu-west-1" };

function mistakes(values: Record<string, unknown>): readonly string[] {
  const all = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      `data-pipelines:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  try {
    parseConfig("dev", { ...region, ...all });
  } catch (error) {
    assert.equal((error as Error).name, "ConfigError");
    return (error as ConfigError).lines;
  }
  return [];
}

describe("stack configuration", () => {
  it("S1: a right configuration is taken, with its defaults", () => {
    const sources = [{ name: "orders", keyFields: ["id"], fields: [{ from: "total", type: "number" }] }];
    const config = parseConfig("dev", { ...region, "data-pipelines:sources": JSON.stringify(sources) });
    assert.deepEqual(config, { sources, connectors: [], allowDestroy: false, logRetentionDays: 90 });
  });

  it("S1: the empty defaults of Pulumi.yaml are as good as nothing", () => {
    assert.deepEqual(mistakes({ sources: [], connectors: [], snowflake: {}, alarmTopicArn: "" }), []);
  });

  it("S1: a missing region is named with the command that sets it", () => {
    assert.throws(
      () => parseConfig("dev", {}),
      /Pulumi\.dev\.yaml has 1 mistake.*\n {2}aws:region: required.*pulumi config set/s,
    );
  });

  const cases: [string, Record<string, unknown>, RegExp][] = [
    [
      "an unknown key",
      { source: [], sources: [{ name: "ab" }], alarmTopic: "x" },
      /^data-pipelines:alarmTopic: unknown key/,
    ],
    [
      "an unknown key of a source",
      { sources: [{ name: "ab", keyField: ["id"] }] },
      /^data-pipelines:sources\[0\]\.keyField: unknown key/,
    ],
    ["a wrong type", { allowDestroy: "yes" }, /^data-pipelines:allowDestroy: is "yes"/],
    [
      "a wrong choice",
      { sources: [{ name: "ab", format: "excel" }] },
      /^data-pipelines:sources\[0\]\.format: is "excel"/,
    ],
    ["a missing name", { sources: [{ format: "csv" }] }, /^data-pipelines:sources\[0\]\.name: is required/],
    ["a bad name", { sources: [{ name: "Orders!" }] }, /^data-pipelines:sources\[0\]\.name: is "Orders!"; use 2 to 40/],
    ["a number out of range", { sources: [{ name: "ab", shards: 0 }] }, /^data-pipelines:sources\[0\]\.shards: is 0/],
    ["a retention that CloudWatch refuses", { logRetentionDays: 2 }, /^data-pipelines:logRetentionDays: is 2/],
    [
      "a name used twice",
      { sources: [{ name: "ab" }, { name: "ab" }] },
      /^data-pipelines:sources\[1\]\.name: "ab" is also sources\[0\]'s/,
    ],
    [
      "a suffix that can't be in a bucket's name",
      { bucketNameSuffix: "Our_Company" },
      /^data-pipelines:bucketNameSuffix: is "Our_Company"; use at most 20/,
    ],
    [
      "overlapping prefixes of one bucket",
      {
        sources: [
          { name: "ab", bucketName: "shared", prefix: "in/" },
          { name: "cd", bucketName: "shared", prefix: "in/cd/" },
        ],
      },
      /^data-pipelines:sources\[1\]\.prefix: "in\/cd\/" overlaps "in\/" of sources\[0\] in shared/,
    ],
    [
      "a foreign bucket without its name",
      { sources: [{ name: "ab", accountId: "123456789012" }] },
      /^data-pipelines:sources\[0\]\.bucketName: required/,
    ],
    [
      "a table on a source that isn't there",
      { snowflake: { database: "RAW", schema: "X", tables: [{ name: "T", landingSource: "no-such" }] } },
      /^data-pipelines:snowflake\.tables\[0\]\.landingSource: "no-such" is not among sources/,
    ],
    [
      "a table without columns",
      { snowflake: { database: "RAW", schema: "X", tables: [{ name: "T", prefix: "t/" }] } },
      /^data-pipelines:snowflake\.tables\[0\]: needs columns or sampleFile/,
    ],
    [
      "a connector without its External ID",
      { connectors: [{ name: "ab" }] },
      /^data-pipelines:connectors\[0\]\.externalId: is required/,
    ],
    [
      "an External ID with a wildcard",
      { connectors: [{ name: "ab", externalId: "x*" }] },
      /^data-pipelines:connectors\[0\]\.externalId: is "x\*"; expected the External ID/,
    ],
    [
      "a sync method that Fivetran doesn't have",
      { connectors: [{ name: "ab", externalId: "x_y", syncMethod: "S3" }] },
      /^data-pipelines:connectors\[0\]\.syncMethod: is "S3"/,
    ],
    [
      "two connectors of one name",
      {
        connectors: [
          { name: "ab", externalId: "x_y" },
          { name: "ab", externalId: "x_y" },
        ],
      },
      /^data-pipelines:connectors\[1\]\.name: "ab" is also connectors\[0\]'s/,
    ],
    [
      "a prefix without a bucket",
      { connectors: [{ name: "ab", externalId: "x_y", bucketPrefix: "in/" }] },
      /^data-pipelines:connectors\[0\]\.bucketPrefix: only syncMethod "s3" has a bucket/,
    ],
    [
      "changes without a table",
      { snowflake: { database: "RAW", schema: "X", changesView: "ITEMS" } },
      /^data-pipelines:snowflake\.changesView: there is no DynamoDB table/,
    ],
  ];
  for (const [what, values, expected] of cases) {
    it(`S1: ${what} is one line that names the key`, () => {
      assert.ok(
        mistakes(values).some((line) => expected.test(line)),
        JSON.stringify(mistakes(values)),
      );
    });
  }

  it("S1: all mistakes are told at once", () => {
    const lines = mistakes({ allowDestroy: "yes", logRetentionDays: 2, sources: [{ name: "X" }] });
    assert.equal(lines.length, 3);
  });
});
