import assert from "node:assert/strict";
import { z } from "zod";
import { parseConfig, withConfigErrors } from "../../../stacks/config";
import { ConfigError } from "../../../stacks/mistakes";
import { program } from "../../../stacks/program";
import { stackConfig } from "../../../stacks/schema";
import { runMocked } from "../mocks";

const region = { "aws:region": "eu-west-1" };

function texts(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key.includes(":") ? key : `data-pipelines:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** What the configuration alone is refused for. */
function mistakes(values: Record<string, unknown>): readonly string[] {
  try {
    parseConfig("dev", { ...region, ...texts(values) });
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.lines;
  }
  return [];
}

/** The message when the program is run with the configuration, with a file's text for the lines. */
async function refusal(values: Record<string, unknown>, yaml?: string): Promise<string> {
  const config = parseConfig("dev", { ...region, ...texts(values) }, yaml);
  try {
    await runMocked(() => withConfigErrors("dev", config, yaml, () => program(config)));
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message;
  }
  return "";
}

const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-AbCdEf";
const image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/dbt:1.4.0";

/** By key: a configuration that is right. */
const right: Readonly<Record<string, unknown>> = {
  sources: [{ name: "ab", bucketName: "our-files", eventBridge: true, fields: [{ from: "x" }] }],
  connectors: [{ name: "ab", externalId: "x_y", syncMethod: "s3" }],
  orchestration: {
    groupId: "g",
    fivetranSecretArn: secret,
    schedule: { expression: "rate(1 day)" },
    dbt: { image, snowflakeSecretArn: secret },
  },
  kafkaSinks: [
    {
      name: "ab",
      functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:f",
      topics: ["t"],
      bootstrapServers: "b:9092",
    },
  ],
  snowflake: { database: "RAW", schema: "X", tables: [{ name: "T", prefix: "t/", columns: [{ name: "C" }] }] },
  imports: {
    bucketName: "our-exports",
    manageNotifications: true,
    tables: [{ table: "orders", keyColumns: ["id"], columns: [{ name: "n" }] }],
  },
};

/** Texts that mean something when they are empty. */
const mayBeEmpty = [
  "sources.0.prefix",
  "sources.0.suffix",
  "connectors.0.bucketPrefix",
  "snowflake.tables.0.quote",
  "imports.prefix",
  "imports.manifestName",
  "imports.tables.0.quote",
  "imports.tables.0.nullText",
];

interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
}

/** The places of texts within components' arguments, of which the shape alone doesn't say that they can't be empty. */
function openTexts(shape: Shape, path = ""): string[] {
  if (shape.items !== undefined) return openTexts(shape.items, `${path}.0`);
  if (shape.properties !== undefined) {
    return Object.entries(shape.properties).flatMap(([key, each]) =>
      openTexts(each, path === "" ? key : `${path}.${key}`),
    );
  }
  const isOpen = shape.type === "string" && !["minLength", "pattern", "enum"].some((key) => Object.hasOwn(shape, key));
  return isOpen ? [path] : [];
}

/** The right configuration of a key with an empty text at one place of it. */
function withEmpty(path: string): Record<string, unknown> {
  const [key = "", ...parts] = path.split(".");
  const values = { [key]: structuredClone(right[key]) };
  const owner = [key, ...parts.slice(0, -1)].reduce<unknown>((at, part) => Reflect.get(Object(at), part), values);
  assert.ok(owner !== undefined, `right has no place for ${path}`);
  Reflect.set(Object(owner), parts.at(-1) ?? "", "");
  return values;
}

describe("stack configuration", () => {
  it("S1: a right configuration is taken, with its defaults", () => {
    const sources = [{ name: "orders", keyFields: ["id"], fields: [{ from: "total", type: "number" }] }];
    const config = parseConfig("dev", { ...region, "data-pipelines:sources": JSON.stringify(sources) });
    assert.deepEqual(config, { sources, connectors: [], kafkaSinks: [], allowDestroy: false, logRetentionDays: 90 });
  });

  it("S1: the empty defaults of Pulumi.yaml are as good as nothing", () => {
    assert.deepEqual(mistakes({ sources: [], connectors: [], snowflake: {}, alarmTopicArn: "" }), []);
  });

  it("S1: a missing region is named with the command that sets it", () => {
    assert.throws(
      () => parseConfig("dev", {}),
      /Pulumi\.dev\.yaml has 1 mistake:.*\n {2}aws:region: required.*pulumi config set/s,
    );
  });

  const cases: [string, Record<string, unknown>, RegExp][] = [
    [
      "an unknown key",
      { source: [], sources: [{ name: "ab" }], alarmTopic: "x" },
      /^data-pipelines:alarmTopic: unknown key; did you mean alarmTopicArn\?/,
    ],
    [
      "an unknown key of a source",
      { sources: [{ name: "ab", keyField: ["id"] }] },
      /^data-pipelines:sources\[0\] \("ab"\)\.keyField: unknown key; did you mean keyFields\?/,
    ],
    ["a wrong type", { allowDestroy: "yes" }, /^data-pipelines:allowDestroy: is "yes"/],
    ["a missing name", { sources: [{ format: "csv" }] }, /^data-pipelines:sources\[0\]\.name: is required/],
    ["a retention that CloudWatch refuses", { logRetentionDays: 2 }, /^data-pipelines:logRetentionDays: is 2/],
    [
      "a suffix that can't be in a bucket's name",
      { bucketNameSuffix: "Our_Company" },
      /^data-pipelines:bucketNameSuffix: is "Our_Company"; use at most 20/,
    ],
    [
      "a table on a source that isn't there",
      { snowflake: { database: "RAW", schema: "X", tables: [{ name: "T", landingSource: "no-such" }] } },
      /^data-pipelines:snowflake\.tables\[0\] \("T"\)\.landingSource: "no-such" is not among sources/,
    ],
    [
      "a table with two places to load from",
      {
        sources: [{ name: "ab" }],
        snowflake: { database: "RAW", schema: "X", tables: [{ name: "T", prefix: "t/", landingSource: "ab" }] },
      },
      /^data-pipelines:snowflake\.tables\[0\]: has both prefix and landingSource; give one of the two/,
    ],
    [
      "a table without columns",
      { snowflake: { database: "RAW", schema: "X", tables: [{ name: "T", prefix: "t/" }] } },
      /^data-pipelines:snowflake\.tables\[0\]: needs columns or sampleFile/,
    ],
    [
      "a connector without its External ID",
      { connectors: [{ name: "ab" }] },
      /^data-pipelines:connectors\[0\] \("ab"\)\.externalId: is required/,
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
      "an unknown key of an exported table",
      { imports: { tables: [{ table: "orders", keyColumns: ["id"], maxDeleted: 1 }] } },
      /^data-pipelines:imports\.tables\[0\]\.maxDeleted: unknown key/,
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

  const ofComponents: [string, Record<string, unknown>, RegExp][] = [
    [
      "a format that there isn't",
      { sources: [{ name: "ab" }, { name: "cd", format: "excel" }] },
      /data-pipelines:sources\[1\] \("cd"\)\.format: is "excel"\. Give one of "auto"/,
    ],
    ["a source's name", { sources: [{ name: "Orders!" }] }, /data-pipelines:sources\[0\]\.name: is "Orders!"\. Use/],
    ["a number out of range", { sources: [{ name: "ab", shards: 0 }] }, /sources\[0\] \("ab"\)\.shards: is 0\. Give/],
    [
      "a source's name used twice",
      { sources: [{ name: "ab" }, { name: "ab" }] },
      /data-pipelines:sources\[1\]\.name: is "ab"\. sources\[0\] has this name/,
    ],
    [
      "a type that a column can't have",
      { imports: { tables: [{ table: "orders", keyColumns: ["id"], columns: [{ name: "id", type: "uuid" }] }] } },
      /data-pipelines:imports\.tables\[0\]\.columns\[0\] \("id"\)\.type: is "uuid"\. Give one of string/,
    ],
    [
      "an External ID with a wildcard",
      { connectors: [{ name: "ab", externalId: "x*" }] },
      /data-pipelines:connectors\[0\] \("ab"\)\.externalId: is "x\*"/,
    ],
    [
      "a prefix without a bucket",
      { connectors: [{ name: "ab", externalId: "x_y", bucketPrefix: "in/" }] },
      /data-pipelines:connectors\[0\] \("ab"\)\.bucketPrefix: is "in\/"\. Only the sync method "s3"/,
    ],
    [
      "a mistake in a table, counted as the file counts",
      {
        sources: [{ name: "ab" }],
        snowflake: {
          database: "RAW",
          schema: "X",
          tables: [
            { name: "FROM_LANDING", landingSource: "ab" },
            { name: "T", prefix: "t/", columns: [{ name: "C" }], schedule: "daily" },
          ],
        },
      },
      /data-pipelines:snowflake\.tables\[1\] \("T"\)\.schedule: is "daily"/,
    ],
  ];
  for (const [what, values, expected] of ofComponents) {
    it(`S1: ${what}: the component's complaint names the configuration key`, async () => {
      assert.match(await refusal(values), expected);
    });
  }

  it("S1: an empty text is a mistake wherever a component doesn't give it a meaning", async () => {
    const places = openTexts(z.toJSONSchema(stackConfig, { io: "input" }) as Shape);
    assert.deepEqual(
      mayBeEmpty.filter((path) => !places.includes(path)),
      [],
    );
    const others = places.filter((path) => !mayBeEmpty.includes(path));
    assert.ok(others.length > 50);
    const taken: string[] = [];
    for (const path of others) {
      const said = await refusal(withEmpty(path));
      if (!said.includes(`${path.slice(path.lastIndexOf(".") + 1)}: is ""`)) taken.push(`${path}: ${said}`);
    }
    assert.deepEqual(taken, []);
  }).timeout(60_000);

  it("S1: a mistake is told with its line of the file, whether the configuration or a component finds it", async () => {
    const yaml = [
      "config:",
      "  aws:region: eu-west-1",
      "  data-pipelines:sources:",
      "    - name: ab",
      "      keyField: [id]",
      "    - { name: cd, shards: 0 }",
      "  data-pipelines:connectors:",
      "    - name: ef",
    ].join("\n");
    const sources = [{ name: "ab", keyField: ["id"] }, { name: "cd" }];
    assert.throws(
      () => parseConfig("dev", { ...region, ...texts({ sources, connectors: [{ name: "ef" }] }) }, yaml),
      (error: Error) =>
        error.message.includes('  Pulumi.dev.yaml:5: data-pipelines:sources[0] ("ab").keyField: unknown key') &&
        error.message.includes('  Pulumi.dev.yaml:8: data-pipelines:connectors[0] ("ef").externalId: is required'),
    );
    const message = await refusal({ sources: [{ name: "ab" }, { name: "cd", shards: 0 }] }, yaml);
    assert.match(message, /Pulumi\.dev\.yaml has 1 mistake:\n {2}Pulumi\.dev\.yaml:6: data-pipelines:sources\[1\]/);
  });

  it("S1: a misspelt project prefix is told, which Pulumi would ignore; prefixes of others aren't", () => {
    assert.deepEqual(mistakes({ "data-pipeline:sources": [] }), [
      "data-pipeline:sources: unknown prefix; did you mean data-pipelines:sources?",
    ]);
    assert.deepEqual(mistakes({ "snowflake:user": "x", "docker-build:host": "y" }), []);
  });

  it("S1: all mistakes are told at once", () => {
    const lines = mistakes({ allowDestroy: "yes", logRetentionDays: 2, sources: [{ nam: "X" }] });
    assert.equal(lines.length, 4);
  });
});
