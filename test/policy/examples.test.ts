import assert from "node:assert/strict";
import { messageOf } from "../../policy/pack/judge";
import { rules } from "../../policy/rules";
import { judgeExample } from "./judge";

describe("examples on the rules' pages", () => {
  for (const rule of rules) {
    it(`${rule.id}: P31: what its page calls wrong is refused by it, and what it calls right passes every rule`, () => {
      assert.notEqual(judgeExample(rule, rule.wrong).length, 0);
      const violations = rules.flatMap((each) => judgeExample(each, rule.right)).map(messageOf);
      assert.deepEqual(violations, []);
    });
  }
});
