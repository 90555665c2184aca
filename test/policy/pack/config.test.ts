import assert from "node:assert/strict";
import { defaultSettings } from "../../../policy/model/settings";
import { configSchema, PackConfigError, readRuleConfig } from "../../../policy/pack/config";
import { levelOf, readPackConfig } from "../../../policy/pack/configFile";
import { otherPolicies, policiesOf } from "../../../policy/pack/policies";
import { rules } from "../../../policy/rules";
import { serviceWildcard } from "../../../policy/rules/actions/p02-service-wildcard";

const { name } = serviceWildcard;
const exemption = { resource: "wide", reason: "an old tool asks for them", expires: "2027-02-28" };

function mistakes(value: unknown): readonly string[] {
  try {
    readPackConfig(typeof value === "string" ? value : JSON.stringify(value), rules, otherPolicies);
  } catch (error) {
    if (error instanceof PackConfigError) return error.lines;
    throw error;
  }
  return [];
}

const withExemption = (change: Record<string, unknown>) => ({ [name]: { exemptions: [{ ...exemption, ...change }] } });

describe("configuration of the policy pack", () => {
  it("P33: levels by rule, for all rules, and by object", () => {
    const level = (config: unknown) =>
      levelOf(serviceWildcard, readPackConfig(JSON.stringify(config), rules, otherPolicies));
    assert.equal(level({}), "mandatory");
    assert.equal(level({ all: "advisory" }), "advisory");
    assert.equal(level({ all: "advisory", [name]: "disabled" }), "disabled");
    assert.equal(level({ [name]: { enforcementLevel: "remediate" } }), "remediate");
    assert.deepEqual(mistakes({ "policy-not-evaluated": "disabled" }), []);
  });

  it("P33: parameters and exemptions reach the rule", () => {
    const { settings, exemptions } = readRuleConfig(name, {
      trustedAccounts: ["111122223333"],
      allowedManagedPolicies: ["ReadOnlyAccess"],
      trustPolicySize: 8_192,
      exemptions: [exemption],
    });
    assert.deepEqual(settings, {
      trustedAccounts: ["111122223333"],
      allowedManagedPolicies: ["ReadOnlyAccess"],
      trustPolicySize: 8_192,
    });
    assert.deepEqual(readRuleConfig(name, {}).settings, defaultSettings);
    assert.deepEqual(exemptions, [exemption]);
  });

  it("P33: every mistake is told by its place, with the mend", () => {
    const cases: readonly (readonly [unknown, RegExp])[] = [
      ["{", /^it is not JSON: /],
      ["[]", /^it is a list; write an object, rule by rule$/],
      [{ P2: "advisory" }, /^P2: no such rule; write its name, iam-no-service-wildcard$/],
      [{ "iam-no-service-wildcards": "advisory" }, /no such rule; did you mean iam-no-service-wildcard\?$/],
      [{ zzz: "advisory" }, /^zzz: no such rule; `data-pipelines-policy explain` lists them$/],
      [
        { [name]: "strict" },
        /^iam-no-service-wildcard: the level "strict" is none of advisory, mandatory, remediate, disabled$/,
      ],
      [{ [name]: { enforcementLevel: 1 } }, /the level 1 is none of/],
      [{ [name]: 1 }, /is a number; write a level or an object$/],
      [
        { [name]: { exemption: [] } },
        /^iam-no-service-wildcard\.exemption: unknown key; there are enforcementLevel, trustedAccounts/,
      ],
      [{ [name]: { trustedAccounts: ["1"] } }, /"1" is not an account; write its 12 digits in quotes$/],
      [{ [name]: { trustedAccounts: "111122223333" } }, /trustedAccounts: is a string; write a list of texts$/],
      [{ [name]: { trustPolicySize: 2_047 } }, /trustPolicySize: is 2047; write .* a number from 2048 to 8192$/],
      [{ [name]: { trustPolicySize: 8_193 } }, /trustPolicySize: is 8193; /],
      [{ [name]: { trustPolicySize: 4_096.5 } }, /trustPolicySize: is 4096\.5; /],
      [{ [name]: { trustPolicySize: "4096" } }, /trustPolicySize: is "4096"; /],
      [{ [name]: { exemptions: {} } }, /exemptions: is an? object; write a list$/],
      [{ "policy-exempted": { exemptions: [] } }, /^policy-exempted\.exemptions: unknown key; it takes a level only$/],
    ];
    for (const [value, says] of cases) {
      const lines = mistakes(value);
      assert.equal(lines.length, 1, JSON.stringify([value, lines]));
      assert.match(lines[0] ?? "", says);
    }
    assert.equal(mistakes({ zzz: "advisory", [name]: "strict" }).length, 2, "all at once");
  });

  it("P32: an exemption has a resource, a reason and a last day", () => {
    const cases: readonly (readonly [Record<string, unknown>, RegExp])[] = [
      [{ reason: undefined }, /exemptions\[0\]\.reason: is required; write a text$/],
      [{ reason: "   " }, /exemptions\[0\]\.reason: is " {3}"; write a text$/],
      [{ reason: "legacy" }, /"legacy" isn't a reason; say why it is needed$/],
      [{ expires: undefined }, /exemptions\[0\]\.expires: is required; write a text$/],
      [{ expires: "2027-02-29" }, /"2027-02-29" is not a day; write it as YYYY-MM-DD$/],
      [{ expires: "31.12.2027" }, /is not a day/],
      [{ resource: undefined }, /resource: is required/],
      [
        { rule: "P2" },
        /exemptions\[0\]\.rule: unknown key; there are resource, statement, actions, message, reason, expires$/,
      ],
      [{ actions: "s3:*" }, /actions: is a string; write a list of texts$/],
    ];
    for (const [change, says] of cases) {
      const lines = mistakes(withExemption(change));
      assert.equal(lines.length, 1, JSON.stringify(lines));
      assert.match(lines[0] ?? "", says);
    }
    assert.deepEqual(mistakes(withExemption({ expires: "2028-02-29" })), []);
  });

  it("P33: each rule is one policy with the schema, its severity and what it is about", () => {
    const policies = policiesOf(rules);
    for (const rule of rules) {
      const policy = policies.find((each) => each.name === rule.name);
      assert.equal(policy?.enforcementLevel, rule.level);
      assert.equal(policy?.severity, rule.severity);
      assert.equal(policy?.configSchema, configSchema);
      assert.ok(policy?.description.startsWith(`${rule.id}: `));
    }
    const names = new Set(rules.map(({ name }) => name));
    assert.deepEqual(
      policies.map(({ name }) => name).filter((name) => !names.has(name)),
      otherPolicies,
    );
    assert.equal(policies.length, rules.length + otherPolicies.length);
  });
});
