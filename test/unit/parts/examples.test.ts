import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runMocked } from "../mocks";
import * as examples from "./examples";

const root = join(__dirname, "..", "..", "..");
const text = (path: string): string => readFileSync(join(root, path), "utf8").replace(/[\s*]+/g, " ");

describe("examples", () => {
  for (const [name, example] of Object.entries(examples)) {
    it(`S4: the example ${name} runs`, async () => {
      const run = await runMocked(() => {
        example();
      });
      assert.ok(run.resources.length > 0);
    });
  }

  it("S4: the examples in the doc comments are the ones that run here", () => {
    const ran = text("test/unit/parts/examples.ts");
    for (const path of [
      "components/s3-to-dynamodb/s3ToDynamoDb.ts",
      "components/export-delta-import/exportDeltaImport.ts",
    ]) {
      const documented = [...text(path).matchAll(/```ts (.*?) (?:export const .*?)?```/g)].map(
        (match) => match[1] ?? "",
      );
      assert.ok(documented.length >= 2);
      for (const example of documented) assert.ok(ran.includes(example.trim()), `${path}: not run here: ${example}`);
    }
  });
});
