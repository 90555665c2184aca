import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ExportDeltaImport, SnowflakeLanding } from "../../../../index";
import { at, type MockResource, runMocked } from "../../mocks";
import { computed, providerConfig } from "../../snowflake-landing/harness";

function ofStream({ type }: MockResource): Record<string, unknown> {
  return type === "aws:kinesis/stream:Stream"
    ? { arn: "arn:aws:kinesis:us-east-1:000000000000:stream/operations" }
    : {};
}

describe("ExportDeltaImport into Snowflake", () => {
  it("D11: the landing follows the target by its stream, from the outputs as the page says", async () => {
    const streamArn = "arn:aws:dynamodb:us-east-1:000000000000:table/data-pipelines-test-imports-target/stream/1";
    const run = await runMocked(
      () => {
        pulumi.runtime.setAllConfig(providerConfig);
        const imports = new ExportDeltaImport("imports", {
          tables: [{ table: "*", keyColumns: ["id"] }],
          targetStream: true,
        });
        const { targetTableName, targetTableArn, targetTableStreamArn } = imports;
        return new SnowflakeLanding("rows", {
          database: "RAW",
          schema: "EXPORTS",
          dynamoDbTables: [
            { name: "ROWS", tableName: targetTableName, tableArn: targetTableArn, streamArn: targetTableStreamArn },
          ],
        });
      },
      {
        computed: (resource) =>
          resource.name === "imports-target" ? { streamArn } : { ...ofStream(resource), ...computed(resource) },
      },
    );
    const sources = run
      .ofType("aws:lambda/eventSourceMapping:EventSourceMapping")
      .filter((mapping) => at(mapping, "eventSourceArn") === streamArn);
    assert.deepEqual(
      sources.map(({ name }) => name),
      ["rows-rows-changes-stream"],
    );
  });
});
