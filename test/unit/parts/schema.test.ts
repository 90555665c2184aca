import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AnalyzeResult, Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";

const root = join(__dirname, "..", "..", "..");
const components = ["FivetranConnector", "FivetranDbtOrchestration", "S3ToDynamoDb", "SnowflakeLanding"];

describe("the schema for other languages", () => {
  let schema: AnalyzeResult;
  before(() => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;
    schema = new Analyzer(root, "data-pipelines", manifest, new Set(components)).analyze();
  });

  for (const name of components) {
    it(`S4: it is inferred from ${name}, each argument with its words`, () => {
      const component = schema.components[name];
      assert.ok(component);
      assert.ok(Object.keys(component.outputs).length > 0);
      for (const [argument, { description = "" }] of Object.entries(component.inputs)) {
        assert.ok(description.length > 10, `${name}.${argument} has no description`);
      }
    });
  }

  it("F9, S4: FivetranConnector's arguments are the ones of its interface, and only the External ID is required", () => {
    const inputs = schema.components.FivetranConnector?.inputs ?? {};
    const required = Object.keys(inputs).filter((argument) => inputs[argument]?.optional !== true);
    assert.deepEqual(required, ["externalId"]);
    assert.ok(Object.keys(inputs).includes("syncMethod"));
    const { fivetranForm } = schema.components.FivetranConnector?.outputs ?? {};
    assert.ok(fivetranForm && "type" in fivetranForm);
    assert.equal(fivetranForm.type, "string");
  });
});
