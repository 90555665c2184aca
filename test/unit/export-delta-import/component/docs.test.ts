import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION_ORDERS, versionOrder } from "../../../../functions/export-delta-import/shared/versionOrder";
import { generatedImport, upToDate } from "../../../../tools/diagrams";

const page = readFileSync(join(__dirname, "../../../../docs/export-delta-import.md"), "utf8");

describe("docs/export-delta-import.md", () => {
  it("D9, D14: diagram, arguments, outputs and alarms are those of the code (npm run docs:diagrams)", () => {
    assert.equal(upToDate(page, generatedImport()), page);
  });

  it("D1: the versions that it shows are read in the order that it says", () => {
    for (const order of VERSION_ORDERS.filter((each) => each !== "text")) {
      const [, shown = ""] = new RegExp(`^\\| \`${order}\` \\| (.*) \\|$`, "m").exec(page) ?? [];
      const examples = [...shown.matchAll(/`([^`]+)`/g)].map(([, example = ""]) => example);
      assert.ok(examples.length > 0, order);
      for (const example of examples) assert.notEqual(versionOrder(example, order), undefined, example);
    }
  });
});
