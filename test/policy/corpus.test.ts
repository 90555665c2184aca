import assert from "node:assert/strict";
import type { RuleId } from "../../policy/model/rule";
import { defaultSettings } from "../../policy/model/settings";
import { messageOf } from "../../policy/pack/judge";
import { rules } from "../../policy/rules";
import { type CorpusCase, readCorpus } from "./corpus";
import { judgeExample } from "./judge";

interface Score {
  right: number;
  tooMany: number;
  missed: number;
}

/** Messages by the rule that gives them. */
function judge({ settings, ...example }: CorpusCase): Map<RuleId, string[]> {
  const found = rules.map((rule) => {
    const violations = judgeExample(rule, example, { ...defaultSettings, ...settings });
    return [rule.id, violations.map(messageOf)] as const;
  });
  return new Map(found.filter(([, messages]) => messages.length > 0));
}

describe("the labelled corpus of policy documents", () => {
  const cases = readCorpus();
  const scores = new Map<RuleId, Score>(rules.map(({ id }) => [id, { right: 0, tooMany: 0, missed: 0 }]));
  const scoreOf = (id: RuleId) => {
    const score = scores.get(id);
    assert.ok(score, `the pack has no rule ${id}`);
    return score;
  };

  for (const each of cases) {
    it(`${each.row}: ${each.name}: ${each.title}`, () => {
      const found = judge(each);
      for (const id of each.violates) scoreOf(id)[found.has(id) ? "right" : "missed"]++;
      const tooMany = [...found].filter(([id]) => !each.violates.includes(id));
      for (const [id] of tooMany) scoreOf(id).tooMany++;
      const missed = each.violates.filter((id) => !found.has(id));
      assert.deepEqual({ missed, tooMany: tooMany.flatMap(([, messages]) => messages) }, { missed: [], tooMany: [] });
    });
  }

  it("P31: each rule has documents in the corpus that violate it and others that don't", () => {
    assert.ok(cases.length >= 150, `the corpus has ${cases.length} documents`);
    const few = rules.filter(({ id }) => {
      const violating = cases.filter(({ violates }) => violates.includes(id)).length;
      const nearMisses = cases.filter(({ row, violates }) => row === id && !violates.includes(id)).length;
      return violating < 5 || nearMisses < 4;
    });
    assert.deepEqual(
      few.map(({ id }) => id),
      [],
    );
  });

  it("P31: precision and recall of each rule are 100 % on the corpus", () => {
    console.log("      rule  right  too many  missed  precision  recall");
    for (const [id, { right, tooMany, missed }] of scores) {
      const share = (of: number) => (right + of === 0 ? "-" : `${Math.round((100 * right) / (right + of))} %`);
      const cells = [id.padEnd(4), `${right}`.padStart(5), `${tooMany}`.padStart(8), `${missed}`.padStart(6)];
      console.log(`      ${[...cells, share(tooMany).padStart(9), share(missed).padStart(6)].join("  ")}`);
    }
    const wrong = [...scores].filter(([, { tooMany, missed }]) => tooMany + missed > 0).map(([id]) => id);
    assert.deepEqual(wrong, []);
  });
});
