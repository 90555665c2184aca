import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { withStack } from "./engine";

/** A component as an SDK of any language asks the engine for it: by its token, constructed by the plugin. */
class Remote extends pulumi.ComponentResource {
  constructor(type: string, name: string, args: pulumi.Inputs, outputs: readonly string[]) {
    const unknown = Object.fromEntries(outputs.map((output) => [output, undefined]));
    super(`data-pipelines:index:${type}`, name, { ...unknown, ...args }, {}, true);
  }
}

const settings = { "aws:region": "us-east-1" };

describe("the components by the plugin, as other languages construct them", function () {
  this.timeout(300_000);

  it("S4: preview, up, up again and destroy; inputs known only at the update, outputs in the stack", async () => {
    const program = async () => {
      const group = new aws.cloudwatch.LogGroup("group", { name: "/data-pipelines-plugin/group" });
      const alarmTopicArn = group.id.apply(() => "arn:aws:sns:us-east-1:000000000000:oncall");
      const args = { sources: [{ name: "orders", format: "csv", keyFields: ["order_id"] }], alarmTopicArn };
      const ingest = new Remote("S3ToDynamoDb", "ingest", { ...args, allowDestroy: true }, [
        "tableName",
        "sourceBuckets",
      ]);
      return { tableName: Reflect.get(ingest, "tableName"), sourceBuckets: Reflect.get(ingest, "sourceBuckets") };
    };
    await withStack({ name: "plugin", settings, program }, async ({ run }) => {
      const preview = await run("preview");
      const up = await run("up");
      const made = (steps: readonly string[]) => steps.filter((step) => step.startsWith("create ")).sort();
      assert.deepEqual(made(up.steps), made(preview.steps));
      assert.ok(made(up.steps).includes("create ingest-table"), made(up.steps).join("\n"));
      assert.equal(up.outputs.tableName, "data-pipelines-plugin-ingest-table");
      assert.match(String(Reflect.get(up.outputs.sourceBuckets as object, "orders")), /^data-pipelines-plugin-ingest-/);
      assert.deepEqual((await run("up")).steps, []);
      await run("destroy");
    });
  });

  it("S4: a secret argument reaches the component as a secret and stands nowhere in plain text", async () => {
    const externalId = `secret-${"x".repeat(12)}`;
    const program = async () => {
      const lambda = { externalId: pulumi.secret(externalId), entry: "examples/fivetran-connector/connector.ts" };
      const connector = new Remote("FivetranConnector", "people", lambda, ["roleArn", "fivetranForm"]);
      return { form: Reflect.get(connector, "fivetranForm") };
    };
    await withStack({ name: "plugin-secret", settings, program }, async ({ run, state }) => {
      const { outputs } = await run("up");
      assert.ok(String(outputs.form).includes(externalId), "the form is for the one who pastes it");
      assert.ok(!(await state()).includes(externalId), "the state holds the secret in plain text");
      await run("destroy");
    });
  });

  it("S4: a mistake in an argument is told in the component's words", async () => {
    const program = async () => {
      new Remote("S3ToDynamoDb", "ingest", { sources: [{ name: "orders", format: "excel" }] }, []);
      return {};
    };
    await withStack({ name: "plugin-wrong", settings, program }, async ({ run }) => {
      await assert.rejects(run("preview"), /sources\[0\]\.format is "excel"\. Give one of/);
    });
  });
});
