import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readPackConfig } from "../../policy/pack/configFile";
import { otherPolicies } from "../../policy/pack/policies";
import { policyPages } from "../../policy/pages/pages";
import { rules } from "../../policy/rules";
import { stalePages } from "../../tools/policyDocs";

const docs = join(__dirname, "../../docs/policies");

describe("docs/policies", () => {
  it("P31: the committed pages are those of the rules", () => {
    assert.deepEqual(stalePages(), [], "npm run docs:policies");
  });

  it("P31: each rule has a page with an example of wrong and right, and a line in the list", () => {
    const pages = policyPages();
    for (const { id, why } of rules) {
      const page = pages.get(`${id}.md`) ?? "";
      assert.ok(page.includes(why), id);
      assert.match(page, /## Wrong\n\n[^#]*```json[^#]*```\n\n## Right\n\n[^#]*```json[^#]*```/, id);
      assert.ok(pages.get("README.md")?.includes(`[${id}](${id}.md)`), id);
    }
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length, "an id twice");
    assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length, "a name twice");
  });

  it("P33: the configuration that is shown is right, and so are the files of the stacks", () => {
    const [shown] = /```json\n(.*?)```/s.exec(readFileSync(join(docs, "configuration.md"), "utf8"))?.slice(1) ?? [];
    assert.ok(shown);
    readPackConfig(shown, rules, otherPolicies);
    const folder = join(__dirname, "../../policy/config");
    const files = readdirSync(folder);
    assert.deepEqual(files.sort(), ["dev.json", "local.json", "prod.json", "staging.json"]);
    for (const file of files) readPackConfig(readFileSync(join(folder, file), "utf8"), rules, otherPolicies);
  });
});
