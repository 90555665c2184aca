import assert from "node:assert/strict";
import { defaultSettings, type Settings } from "../../policy/model/settings";
import type { Violation } from "../../policy/pack/judge";
import { rules } from "../../policy/rules";
import { readingsOf, stackReadingsOf } from "./applyFix";
import { type CorpusCase, readCorpus } from "./corpus";
import { judgeExample } from "./judge";

type Json = Record<string, unknown>;

/** The fixes put one's own account where one's own is meant. */
function settingsOf({ settings }: CorpusCase): Settings {
  const own = { ...defaultSettings, ...settings };
  return { ...own, trustedAccounts: [...own.trustedAccounts, "111122223333"] };
}

function judge(example: CorpusCase, document: Json): Violation[] {
  return rules.flatMap((rule) => judgeExample(rule, { ...example, document }, settingsOf(example)));
}

const keyOf = ({ rule, statement, message }: Violation) => `${rule.id} ${statement ?? ""} ${message}`;

/** Rules that were silent before, as each says it. */
function brought(before: readonly Violation[], after: readonly Violation[]): string[] {
  const known = new Set(before.map(({ rule }) => rule.id));
  return after.filter(({ rule }) => !known.has(rule.id)).map(keyOf);
}

/** What to write, only the author knows: which actions, whom, what was meant. */
const forAuthors = [
  /^list the (\w[\w-]* )?(actions|principals|ARNs)/,
  /^name the (actions|ARNs|values|service|Service principal)/,
  /^name (it otherwise|fewer|who is let in|at least one)/,
  /^name the role or user, or add a condition on aws:PrincipalArn/,
  /^name the roles, users, functions or instances in Resource, or drop one action of each method$/,
  /^(say which values|write the ranges) (are|that are) (allowed|meant)$/,
  /^(split|drop) (it|sts:\w+)\b/,
  /^write (<service>|"\*"|"Allow"|"true"|an address|one of|arn:<partition>|\{"StringEquals")/,
  /^(an account has 12|it takes texts|a trust takes|a (document|statement) has|IAM takes the letters|use (a|one) |use Bool$)/,
  /^leave [\w:, ]+ to the deployment, or exempt it with a reason$/,
  /^(move them to|give it "\*" in|add a statement or drop)/,
];

describe("fixes that the rules propose", () => {
  const cases = readCorpus().filter(({ document }) => document !== undefined);
  const applied = new Map<string, number>();

  for (const each of cases) {
    const document = each.document as Json;
    const before = judge(each, document);
    const readings = before.flatMap((violation) =>
      (readingsOf(violation) ?? []).map((reading) => ({ violation, reading, fixed: reading.apply(document) })),
    );
    if (readings.every(({ fixed }) => fixed === undefined)) continue;
    it(`P43: ${each.name}: with the fix the finding is gone, and no other rule has one`, () => {
      for (const { violation, reading, fixed } of readings) {
        if (fixed === undefined) continue;
        const after = judge(each, fixed);
        const what = `${violation.rule.id}, ${reading.name}: ${JSON.stringify(fixed)}`;
        assert.deepEqual(
          after.map(keyOf).filter((key) => key === keyOf(violation)),
          [],
          what,
        );
        assert.deepEqual(brought(before, after), [], what);
        applied.set(violation.rule.id, (applied.get(violation.rule.id) ?? 0) + 1);
      }
    });
  }

  for (const each of readCorpus().filter(({ resources }) => resources !== undefined)) {
    const judgeAll = (resources: CorpusCase["resources"]) =>
      rules.flatMap((rule) => judgeExample(rule, { resources }, settingsOf(each)));
    const before = judgeAll(each.resources);
    const readings = before.flatMap((violation) => stackReadingsOf(violation).map((apply) => ({ violation, apply })));
    if (readings.length === 0) continue;
    it(`P43: ${each.name}: with the fix the resource's finding is gone, and no other rule has one`, () => {
      for (const { violation, apply } of readings) {
        const fixed = apply(each.resources ?? []);
        const after = judgeAll(fixed);
        const what = `${violation.rule.id}: ${violation.fix}: ${JSON.stringify(fixed)}`;
        const key = `${violation.urn} ${keyOf(violation)}`;
        assert.ok(!after.some((of) => `${of.urn} ${keyOf(of)}` === key), what);
        assert.deepEqual(brought(before, after), [], what);
        applied.set(violation.rule.id, (applied.get(violation.rule.id) ?? 0) + 1);
      }
    });
  }

  it("P43: each fix is followed, or is one of those of which only the author knows what to write", () => {
    const fixes = new Set(
      cases.flatMap((each) =>
        judge(each, each.document as Json)
          .filter((of) => readingsOf(of) === undefined)
          .map(({ fix }) => fix),
      ),
    );
    assert.deepEqual(
      [...fixes].filter((fix) => !forAuthors.some((form) => form.test(fix))),
      [],
    );
  });

  it("P43: the fixes of every rule whose fix says what to write were followed", () => {
    const followed = [...applied.keys()].sort();
    const expected = ["P3", "P4", "P6", "P7", "P10", "P11", "P12", "P13", "P14", "P15", "P16", "P17", "P18"];
    assert.deepEqual(
      [...expected, "P19", "P20", "P21", "P22", "P23", "P24", "P25", "P26", "P30", "P35", "P40"].filter(
        (id) => !followed.includes(id),
      ),
      [],
    );
  });
});
