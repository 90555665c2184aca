import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { docExamples, problems } from "../compiler";

const root = join(__dirname, "..", "..", "..");

describe("FivetranConnector's examples", () => {
  const examples = docExamples(join(root, "components", "fivetranConnector.ts"));

  it("F9, S4: every example of the docstring compiles", () => {
    assert.equal(examples.length, 2);
    const sources = new Map(
      examples.map((code, i) => [
        join(root, "components", `example${i}.ts`),
        code.replace('"pulumi-data-pipelines"', '"./fivetranConnector"'),
      ]),
    );
    // One that is wrong, in the same program because reading the providers' types takes seconds.
    const wrong = join(root, "components", "wrong.ts");
    sources.set(
      wrong,
      'import { FivetranConnector } from "./fivetranConnector";\nnew FivetranConnector("a", { entry: 1 });',
    );
    assert.deepEqual([...problems(sources).keys()], [wrong]);
  });

  it("F9: the module that the examples deploy is there", () => {
    const entries = examples.map((code) => /entry: "([^"]+)"/.exec(code)?.[1] ?? "none");
    for (const entry of entries) assert.ok(existsSync(join(root, entry)), entry);
  });
});
