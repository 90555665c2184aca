import assert from "node:assert/strict";
import { join } from "node:path";
import { docExamples, problems } from "../compiler";

const root = join(__dirname, "..", "..", "..");
const component = join(root, "components", "snowflake-landing", "snowflakeLanding.ts");

describe("SnowflakeLanding's examples", () => {
  it("S4: every example of the docstring compiles", () => {
    const examples = docExamples(component);
    assert.equal(examples.length, 2);
    const sources = new Map(
      examples.map((code, i) => [
        join(root, "components", "snowflake-landing", `example${i}.ts`),
        code.replace('"pulumi-data-pipelines"', '"./snowflakeLanding"'),
      ]),
    );
    // One that is wrong, in the same program because reading the providers' types takes seconds.
    const wrong = join(root, "components", "snowflake-landing", "wrong.ts");
    sources.set(
      wrong,
      'import { SnowflakeLanding } from "./snowflakeLanding";\nnew SnowflakeLanding("a", { schema: 1 });',
    );
    assert.deepEqual([...problems(sources).keys()], [wrong]);
  });
});
