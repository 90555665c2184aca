import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { mockPlace, resolved } from "../mocks";
import { runStack, stacks } from "./stackRun";

describe("the program of each stack", () => {
  afterEach(() => pulumi.runtime.setAllConfig({}));

  for (const stack of stacks) {
    it(`S1: ${stack} has a right configuration, and its program runs in preview and update`, async () => {
      const preview = await runStack(stack, true);
      const update = await runStack(stack);
      const names = (resources: typeof update.resources) => resources.map(({ type, name }) => `${type} ${name}`).sort();
      assert.deepEqual(names(preview.resources), names(update.resources));
      assert.ok(update.ofType("aws:dynamodb/table:Table").length >= 2);
    });
  }

  it("S5: the outputs say where to drop files and how to replay", async () => {
    const { result } = await runStack("dev");
    const buckets = await resolved(result.sourceBuckets ?? {});
    assert.match(String((buckets as Record<string, string>).orders), /^data-pipelines-dev-ingest-/);
    assert.match(
      String(await resolved(result.replayCommand ?? "")),
      /^npx pulumi-data-pipelines replay --queue-url https:/,
    );
  });

  it("F9, S5: the outputs say for each connector what to paste into Fivetran's form", async () => {
    const { result } = await runStack("local");
    assert.deepEqual(Object.keys(result.connectors ?? {}), ["direct", "through-s3"]);
    const { form } = JSON.parse((await resolved(result.connectors?.["through-s3"]?.fivetranForm ?? "")) ?? "");
    assert.equal(form["Lambda Function"], "data-pipelines-local-connector-through-s3-function");
    assert.equal(form["S3 Bucket"], `data-pipelines-local-connector-through-s3-sync-${mockPlace}`);
    assert.match(form["Role ARN"], /:role\/data-pipelines-local-connector-through-s3-fivetran-role$/);
  });

  it("S1: only stacks that say so may lose data", async () => {
    for (const [stack, expected] of [
      ["dev", false],
      ["prod", true],
    ] as const) {
      const { ofType } = await runStack(stack);
      for (const table of ofType("aws:dynamodb/table:Table")) {
        assert.equal(table.inputs.deletionProtectionEnabled, expected, `${stack}: ${table.name}`);
      }
    }
  });

  it("W10: the local stack's table has a stream, and the changes' tables stand in Snowflake", async () => {
    const { ofType } = await runStack("local");
    const streamed = ofType("aws:dynamodb/table:Table").filter(({ inputs }) => inputs.streamEnabled);
    assert.equal(streamed.length, 1);
    const tables = ofType("snowflake:index/table:Table").map(({ inputs }) => inputs.name);
    assert.deepEqual(tables.sort(), [
      "AIRPORTS",
      "FLIGHTS_LANDING",
      "ITEMS_CHANGES",
      "ITEMS_CURRENT",
      "ZIPCODES_LANDING",
    ]);
  });

  /** Takes the comment signs away from the block about Snowflake, and adds what a person sets by hand. */
  const withSnowflake = (text: string): string => {
    const [before = "", block = ""] = text.split(/^(?= {2}# With a Snowflake account)/m);
    const lines = block.split("\n").slice(2);
    const uncommented = lines.map((line) => line.replace(/^ {2}# /, "  ")).join("\n");
    return `${before}${uncommented}\n  snowflake:privateKey: key\n`.replaceAll("…", "acme");
  };

  for (const stack of ["dev", "staging", "prod"] as const) {
    it(`W11, W13: ${stack}'s commented Snowflake block is a right configuration that keeps its data${stack === "dev" ? " only if told to" : ""}`, async () => {
      const { registrations } = await runStack(stack, false, withSnowflake);
      const holding = registrations.filter(({ type }) =>
        ["snowflake:index/database:Database", "snowflake:index/schema:Schema", "snowflake:index/table:Table"].includes(
          type,
        ),
      );
      assert.deepEqual(holding.map(({ name }) => name).sort(), [
        "files-items-changes-table",
        "files-items-current-table",
        "landing-orders-table",
      ]);
      for (const { name, protect, retainOnDelete } of holding) {
        assert.deepEqual([protect, retainOnDelete], [stack !== "dev", stack !== "dev"], name);
      }
    });
  }

  it("W13: a database and schema that the stack made can't be dropped by setting createDatabase back", async () => {
    const made = (text: string): string =>
      withSnowflake(text).replace("schema: LANDING", "$&\n    createDatabase: true");
    const kept = async (stack: string) =>
      (await runStack(stack, false, made)).registrations
        .filter(({ name }) => name === "database" || name === "schema")
        .map(({ name, protect, retainOnDelete }) => [name, protect, retainOnDelete]);
    assert.deepEqual((await kept("prod")).sort(), [
      ["database", true, true],
      ["schema", true, true],
    ]);
    assert.deepEqual((await kept("dev")).sort(), [
      ["database", false, false],
      ["schema", false, false],
    ]);
  });
});
