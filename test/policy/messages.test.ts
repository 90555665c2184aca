import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../policy/rules";
import type { RuleId } from "../../policy/rules/rule";
import { defaultSettings } from "../../policy/rules/settings";
import { type CorpusCase, readCorpus } from "./corpus";
import { judgeExample } from "./judge";

/** `UPDATE_MESSAGES=1 npm test -- policy` writes the references anew; the difference is for the reviewer to read. */
const update = process.env.UPDATE_MESSAGES !== undefined;

/** What the pack says of one document, finding by finding. */
function said({ name, settings, ...example }: CorpusCase): string[] {
  const findings = rules.flatMap((rule) => judgeExample(rule, example, { ...defaultSettings, ...settings }));
  if (findings.length === 0) return [];
  const lines = findings.flatMap(({ rule, urn, path, statement, actions = [], message, fix }) => {
    const where = [urn, path, statement].filter((each) => each !== undefined).join(", ");
    const about = actions.length > 0 ? ` (${actions.join(" ")})` : "";
    return [`${rule.id} ${where}${about}: ${message}`, `  Mend: ${fix}`];
  });
  return [`## ${name}`, ...lines, ""];
}

describe("messages of the rules on the corpus", () => {
  const byRow = new Map<RuleId, CorpusCase[]>();
  for (const each of readCorpus()) byRow.set(each.row, [...(byRow.get(each.row) ?? []), each]);

  for (const [row, cases] of byRow) {
    it(`${row}: what is said of its documents, and how it is mended, is what was last read and agreed to`, () => {
      const path = join(__dirname, "corpus", row.replace(/^P(\d)$/, "P0$1").toLowerCase(), "messages.txt");
      const actual = cases.flatMap(said).join("\n");
      if (update) writeFileSync(path, actual);
      assert.equal(actual, existsSync(path) ? readFileSync(path, "utf8") : "", "UPDATE_MESSAGES=1 npm test -- policy");
    });
  }

  it("P31: no message has a hole in it", () => {
    const texts = [...byRow.values()].flat().flatMap((each) => said(each).slice(1));
    assert.deepEqual(
      texts.filter((text) => /undefined|null|NaN|\[object|""|: $| {3}/.test(text)),
      [],
    );
  });
});
