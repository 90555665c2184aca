import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { docExamples, problems } from "../compiler";

const root = join(__dirname, "..", "..", "..");

describe("FivetranConnector's examples", () => {
  const examples = docExamples(join(root, "components", "fivetran-connector", "fivetranConnector.ts"));
  const page = readFileSync(join(root, "docs", "fivetran-connector.md"), "utf8");

  it("F9, S4: every example of the docstring and of the page compiles", () => {
    assert.equal(examples.length, 2);
    const onPage = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
    assert.equal(onPage.length, 1);
    const sources = new Map(
      [...examples, ...onPage].map((code, i) => [
        join(root, "components", "fivetran-connector", `example${i}.ts`),
        code.replace('"pulumi-data-pipelines"', '"./fivetranConnector"'),
      ]),
    );
    // One that is wrong, in the same program because reading the providers' types takes seconds.
    const wrong = join(root, "components", "fivetran-connector", "wrong.ts");
    sources.set(
      wrong,
      'import { FivetranConnector } from "./fivetranConnector";\nnew FivetranConnector("a", { entry: 1 });',
    );
    assert.deepEqual([...problems(sources).keys()], [wrong]);
  });

  it("F9: the page has every argument", () => {
    const args = readFileSync(join(root, "components", "fivetran-connector", "args.ts"), "utf8");
    const names = [...args.matchAll(/^ {2}(\w+)\??: /gm)].map(([, name = ""]) => name);
    assert.ok(names.length >= 17);
    const missing = names.filter((name) => !new RegExp(`^\\| \`${name}\``, "m").test(page));
    assert.deepEqual(missing, []);
  });

  it("F12: the page says whom Fivetran still gives function connectors to, and that the core stands alone", () => {
    assert.match(page, /22 July 2025/);
    assert.match(page, /Connector SDK/);
    const core = join(root, "functions", "connector-kit", "core");
    for (const file of readdirSync(core)) {
      const text = readFileSync(join(core, file), "utf8");
      const imported = [...text.matchAll(/from "([^"]+)"/g)].map(([, name = ""]) => name);
      const foreign = imported.filter((name) => !name.startsWith("./") && !name.startsWith("node:"));
      assert.deepEqual(foreign, [], `${file} of the core is free of AWS and Pulumi`);
    }
  });

  it("F9: the module that the examples deploy is there", () => {
    const entries = examples.map((code) => /entry: "([^"]+)"/.exec(code)?.[1] ?? "none");
    for (const entry of entries) assert.ok(existsSync(join(root, entry)), entry);
  });
});
