import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { AnalyzeResult } from "@pulumi/pulumi/provider/experimental/analyzer";
import ts from "typescript";
import { componentFolders } from "../../../tools/build";
import { analyzed, componentNames, schemaFile, schemaText } from "../../../tools/schema";

describe("the schema for other languages", function () {
  this.timeout(300_000);
  let schema: AnalyzeResult;
  before(() => {
    schema = analyzed();
  });

  it("S4: it has a component for every folder that can be imported", () => {
    assert.equal(Object.keys(schema.components).length, componentNames.length);
    assert.equal(componentNames.length, componentFolders().length);
  });

  it("S4: every argument and output, members of objects included, comes with its words", () => {
    const nameless: string[] = [];
    const look = (owner: string, properties: Readonly<Record<string, { readonly description?: string }>>): void => {
      for (const [name, { description = "" }] of Object.entries(properties)) {
        if (description.length <= 10) nameless.push(`${owner}.${name}`);
      }
    };
    for (const [name, { inputs, outputs }] of Object.entries(schema.components)) {
      assert.ok(Object.keys(outputs).length > 0, name);
      look(name, inputs);
      look(name, outputs);
    }
    for (const { name, properties } of Object.values(schema.typeDefinitions)) look(name, properties ?? {});
    assert.deepEqual(nameless, []);
  });

  it("S4: no argument of the TypeScript interfaces is lost", () => {
    const all = { ...schema.typeDefinitions };
    for (const component of Object.values(schema.components)) {
      all[`${component.name}Args`] = { name: component.name, properties: component.inputs } as (typeof all)[string];
    }
    let compared = 0;
    for (const folder of componentFolders().filter((name) => name !== "bucket-notifications")) {
      const file = `components/${folder}/args.ts`;
      const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
      source.forEachChild((node) => {
        if (!ts.isInterfaceDeclaration(node)) return;
        const members = node.members.map((member) => member.name?.getText() ?? "");
        assert.deepEqual(Object.keys(all[node.name.text]?.properties ?? {}).sort(), members.sort(), node.name.text);
        compared += 1;
      });
    }
    assert.ok(compared >= 10);
  });

  it("S4: plugin/schema.json is what the components' interfaces say now", () => {
    assert.equal(readFileSync(schemaFile, "utf8"), schemaText(schema), "run: npm run schema");
  });

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
