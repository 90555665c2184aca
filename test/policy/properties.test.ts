import assert from "node:assert/strict";
import * as fc from "fast-check";
import { actionInfo, actionsOf, services } from "../../policy/catalogue/actions";
import { readDocument } from "../../policy/document/readDocument";
import { expandAction, expandActions } from "../../policy/matching/expand";
import { canMatch } from "../../policy/matching/overlap";
import { arnFormats } from "../../policy/matching/resources";
import { covers, hasWildcard } from "../../policy/matching/wildcard";
import { unknown } from "../../policy/model/unknown";
import { rules } from "../../policy/rules";
import { validity } from "../../policy/rules/documents/p25-validity";
import { judgeExample, messages } from "./judge";

const everyAction = [...services()].flatMap((service) => [...actionsOf(service).values()].map(({ key }) => key));

/** IAM's wildcards by the book, one character after another. */
function matches(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  const [first, rest] = [pattern[0], pattern.slice(1)];
  if (first === "*") return matches(rest, text) || (text !== "" && matches(pattern, text.slice(1)));
  return text !== "" && (first === "?" || first === text[0]) && matches(rest, text.slice(1));
}

/** An action of AWS with some of its letters after the service exchanged for wildcards, in whatever case. */
const actionPattern = fc
  .record({
    action: fc.constantFrom(...everyAction),
    cuts: fc.array(fc.record({ at: fc.nat(30), length: fc.nat(8), by: fc.constantFrom("*", "?", "") }), {
      maxLength: 3,
    }),
    upper: fc.boolean(),
  })
  .map(({ action, cuts, upper }) => {
    const colon = action.indexOf(":") + 1;
    const name = cuts.reduce((text, { at, length, by }) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + by + text.slice(from + length);
    }, action.slice(colon));
    const pattern = action.slice(0, colon) + name;
    return upper ? pattern.toUpperCase() : pattern;
  });

const text = fc.string({ unit: fc.constantFrom("a", "b", "A", "/", ":", "*", "?", ".", "("), maxLength: 8 });

const statement = fc.record(
  {
    Sid: fc.constantFrom("A", "B"),
    Effect: fc.constantFrom("Allow", "Deny"),
    Action: fc.uniqueArray(
      fc.constantFrom("s3:GetObject", "s3:Get*", "sqs:*", "dynamodb:PutItem", "iam:PassRole", "*"),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    Resource: fc.uniqueArray(fc.constantFrom("*", "arn:aws:s3:::b/*", "arn:aws:sqs:eu-west-1:111122223333:q"), {
      minLength: 1,
      maxLength: 2,
    }),
  },
  { requiredKeys: ["Effect", "Action", "Resource"] },
);

function formOf(action: string): readonly string[] {
  const info = actionInfo(action);
  assert.ok(info);
  return arnFormats(info);
}

function found(document: Readonly<Record<string, unknown>>): string[] {
  return rules.filter((rule) => judgeExample(rule, { kind: "identity", document }).length > 0).map(({ id }) => id);
}

describe("properties of reading policy documents", () => {
  it("P3: a pattern stands for exactly the actions of AWS that it matches, one by one", () => {
    fc.assert(
      fc.property(actionPattern, (pattern) => {
        const wanted = pattern.toLowerCase();
        const service = wanted.slice(0, wanted.indexOf(":"));
        const ofService = everyAction.filter((action) => action.startsWith(`${service}:`));
        const expected = ofService.filter((action) => matches(wanted, action.toLowerCase()));
        assert.deepEqual(
          expandAction(pattern)
            .map(({ key }) => key)
            .sort(),
          expected.sort(),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("P3: several patterns stand for the actions of each, every action once, in whatever order", () => {
    fc.assert(
      fc.property(fc.array(actionPattern, { maxLength: 4 }), (patterns) => {
        const keys = (of: readonly string[]) => expandActions(of).map(({ key }) => key);
        const union = new Set(patterns.flatMap((pattern) => keys([pattern])));
        assert.deepEqual(keys(patterns).sort(), [...union].sort());
        assert.deepEqual(keys(patterns.toReversed()).sort(), [...union].sort());
      }),
      { numRuns: 100 },
    );
  });

  it("P1: * stands for every action of AWS", () => {
    assert.equal(expandAction("*").length, everyAction.length);
    assert.equal(expandAction("*:*").length, everyAction.length);
    assert.deepEqual(expandAction("GetObject"), []);
  });

  it("P4: a wildcard covers what it covers by the book, special characters of expressions included", () => {
    fc.assert(
      fc.property(text, text, (pattern, value) => assert.equal(covers(pattern, value), matches(pattern, value))),
    );
    fc.assert(
      fc.property(text, text, (pattern, value) => {
        const folded = matches(pattern.toLowerCase(), value.toLowerCase());
        assert.equal(covers(pattern, value, { ignoreCase: true }), folded);
      }),
    );
    fc.assert(fc.property(text, (pattern) => assert.equal(hasWildcard(pattern), /[*?]/.test(pattern))));
  });

  it("P25: a pattern can match an ARN form whenever it covers some ARN of that form", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "b", "-"), minLength: 1, maxLength: 4 });
    const wild = fc.constantFrom("*", "?", "a*", "*b", "");
    fc.assert(
      fc.property(name, name, wild, wild, (bucket, key, one, other) => {
        const arn = `arn:aws:s3:::${bucket}/${key}`;
        const pattern = `arn:aws:s3:::${one}${bucket.slice(one.length)}/${other || key}`;
        const can = formOf("s3:GetObject").some((form) => canMatch(pattern, form));
        assert.ok(can || !covers(pattern, arn), pattern);
        // A bucket's name has no slash in it.
        assert.ok(!formOf("s3:DeleteBucket").some((form) => canMatch(arn, form)));
      }),
    );
  });

  it("P25: nothing that is JSON makes reading or judging throw", () => {
    const document = fc.oneof(
      fc.jsonValue(),
      fc.record({ Version: fc.jsonValue(), Statement: fc.jsonValue() }),
      fc.record({
        Version: fc.constant("2012-10-17"),
        Statement: fc.array(
          fc.record(
            {
              Sid: fc.jsonValue(),
              Effect: fc.oneof(fc.constant("Allow"), fc.jsonValue()),
              Action: fc.oneof(text, actionPattern, fc.jsonValue()),
              Resource: fc.oneof(text, fc.jsonValue()),
              Principal: fc.jsonValue(),
              Condition: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
            },
            { requiredKeys: [] },
          ),
        ),
      }),
    );
    fc.assert(
      fc.property(document, fc.constantFrom("identity", "trust", "resource"), (value, kind) => {
        for (const source of [value, JSON.stringify(value)]) readDocument(source);
        for (const rule of rules) if (rule.scope === "document") messages(rule, kind as "identity", value);
      }),
      { numRuns: 300 },
    );
  });

  it("P25: text that is no JSON is a violation, never an exception", () => {
    fc.assert(
      fc.property(fc.string(), (source) => {
        const { problems } = readDocument(source);
        assert.ok(problems.length > 0);
        assert.ok(messages(validity, "identity", source).length > 0);
      }),
    );
  });

  it("P31: the order of statements and lists, and one value in place of a list, change no judgement", () => {
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 3 }), (statements) => {
        const document = (Statement: unknown) => ({ Version: "2012-10-17", Statement });
        const short = <T>(list: readonly T[]) => (list.length === 1 ? list[0] : list);
        const expected = found(document(statements));
        const turned = statements.map(({ Action, Resource, ...rest }) => ({
          ...rest,
          Action: Action.toReversed(),
          Resource: Resource.toReversed(),
        }));
        assert.deepEqual(found(document(turned.toReversed())), expected);
        const shortened = statements.map((each) => ({
          ...each,
          Action: short(each.Action),
          Resource: short(each.Resource),
        }));
        assert.deepEqual(found(document(short(shortened))), expected);
      }),
      { numRuns: 60 },
    );
  });

  it("P31: what isn't known yet adds no violation but those of what is known", () => {
    const hide = fc.subarray(["Action", "Resource", "Condition"] as const, { minLength: 1 });
    fc.assert(
      fc.property(statement, hide, (known, hidden) => {
        const full = { ...known, Condition: { StringEquals: { "aws:PrincipalTag/team": "data" } } };
        const open = { ...full, ...Object.fromEntries(hidden.map((member) => [member, unknown])) };
        for (const rule of rules) {
          if (rule.scope !== "document") continue;
          const judge = (each: unknown) => messages(rule, "identity", { Version: "2012-10-17", Statement: [each] });
          assert.ok(judge(open).length <= judge(full).length, `${rule.id}: ${judge(open)}`);
        }
      }),
      { numRuns: 60 },
    );
  });
});
