import assert from "node:assert/strict";
import { readDocument } from "../../policy/document/readDocument";
import type { PolicyDocument } from "../../policy/model/document";
import { memo } from "../../policy/model/memo";
import { reveal, unknown } from "../../policy/model/unknown";

const allow = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const read = (statement: unknown): PolicyDocument => readDocument({ Version: "2012-10-17", Statement: statement });

/** Each problem as `<statement>: <message> → <fix>`. */
function problems(document: PolicyDocument): string[] {
  return document.problems.map(({ statement, message, fix }) => `${statement ?? "document"}: ${message} → ${fix}`);
}

describe("reading policy documents", () => {
  it("P25: what is no document is told with what to write instead", () => {
    for (const [source, problem] of [
      ["[]", "a policy document is an object, not a list → write {Version, Statement}"],
      ["null", "a policy document is an object, not null → write {Version, Statement}"],
      ["7", "a policy document is an object, not a number → write {Version, Statement}"],
      [undefined, "a policy document is an object, not missing → write {Version, Statement}"],
      ["{}", "it has no Statement → add a statement or drop the policy"],
      [{ Statement: [] }, "it has no Statement → add a statement or drop the policy"],
    ] as const) {
      assert.deepEqual(problems(readDocument(source)), [`document: ${problem}`]);
      assert.deepEqual(readDocument(source).statements, []);
    }
    const broken = readDocument("{ ,}");
    assert.match(
      problems(broken).join(),
      /^document: the document is not JSON: .* → write it with JSON\.stringify or aws/,
    );
    assert.deepEqual(
      { ...broken, problems: [] },
      { version: undefined, statements: [], problems: [], unknown: [], size: 3 },
    );
  });

  it("P25: keys that a document or a statement doesn't have are told with those that it has", () => {
    const document = readDocument({
      Version: "2012-10-17",
      Id: "a",
      statement: [],
      Statement: { ...allow, Actions: "" },
    });
    assert.deepEqual(problems(document), [
      'document: unknown key "statement" → a document has Version, Id, Statement',
      '#0: unknown key "Actions" → a statement has Sid, Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition',
    ]);
  });

  it("P25: a part of another shape is told by its place, and the others are read", () => {
    const document = read([
      "Allow",
      { ...allow, Sid: 7 },
      { ...allow, Sid: "Two", Effect: "deny", Action: ["s3:GetObject", 7, null], Resource: [] },
      { ...allow, Principal: [], NotPrincipal: {} },
      { ...allow, Principal: { AWS: ["*", {}], Service: [] } },
      { ...allow, Condition: "x" },
      { ...allow, Condition: { Bool: [], StringEquals: { "aws:SourceVpc": [{}, "vpc-1", 7, true, null] } } },
    ]);
    assert.deepEqual(problems(document), [
      "#0: it is a string, not an object → write {Effect, Action, Resource}",
      "#1: its Sid is a number → it takes a text",
      'Two: its Effect is "deny" → write "Allow" or "Deny"',
      "Two: its Action[1] is a number → it takes texts",
      "Two: its Action[2] is null → it takes texts",
      "Two: its Resource is empty → name at least one, or drop Resource",
      '#3: its Principal is a list → write {"Service": "…"} or {"AWS": "arn:…"}',
      "#3: its NotPrincipal is empty → name a principal",
      "#4: its Principal.AWS[1] is an object → it takes texts",
      "#4: its Principal.Service is empty → name at least one, or drop Principal.Service",
      '#5: its Condition is a string → write {"StringEquals": {"aws:SourceAccount": "…"}}',
      "#6: its Condition.Bool is a list → an operator holds an object of keys and values",
      "#6: its Condition.StringEquals.aws:SourceVpc holds an object → it takes texts, numbers or booleans",
      "#6: its Condition.StringEquals.aws:SourceVpc holds null → it takes texts, numbers or booleans",
    ]);
    assert.deepEqual(
      document.statements.map(({ label, effect }) => `${label} ${effect}`),
      ["#1 Allow", "Two Allow", "#3 Allow", "#4 Allow", "#5 Allow", "#6 Allow"],
    );
    assert.deepEqual(document.statements[1]?.actions, ["s3:GetObject"]);
    assert.deepEqual(document.statements[2]?.principals, {});
    assert.deepEqual(document.statements[3]?.principals, { AWS: ["*"], Service: [] });
    assert.deepEqual(document.statements[5]?.conditions[0]?.values, ["vpc-1", "7", "true"]);
  });

  it("P31: what isn't known yet is told by its place, once, and is no problem", () => {
    const places = (source: unknown) => {
      const document = readDocument(source);
      assert.deepEqual(document.problems, []);
      return document.unknown;
    };
    assert.deepEqual(places(unknown), ["document"]);
    assert.deepEqual(places({ Version: unknown, Statement: unknown }), ["Version", "Statement"]);
    assert.deepEqual(places({ Version: "2012-10-17", Statement: [unknown, { ...allow, Sid: unknown }] }), [
      "Statement[0]",
    ]);
    const statement = {
      Effect: unknown,
      Action: ["s3:GetObject", unknown],
      Resource: unknown,
      Principal: unknown,
      NotPrincipal: { AWS: [unknown, "*"], Service: unknown },
      Condition: { Bool: unknown, StringEquals: { "aws:SourceVpc": [unknown, "vpc-1"] } },
    };
    assert.deepEqual(places({ Statement: [allow, statement, { ...allow, Condition: unknown }] }), [
      "Statement[1].Effect",
      "Statement[1].Action[1]",
      "Statement[1].Resource",
      "Statement[1].Principal",
      "Statement[1].NotPrincipal.AWS[0]",
      "Statement[1].NotPrincipal.Service",
      "Statement[1].Condition.Bool",
      "Statement[1].Condition.StringEquals.aws:SourceVpc",
      "Statement[2].Condition",
    ]);
  });

  it("P31: a statement says which of its members hold something unknown", () => {
    const [first, second] = read([
      { ...allow, Action: ["s3:GetObject", unknown], Principal: { AWS: [unknown, "*"] }, NotResource: unknown },
      { ...allow, Condition: { Bool: unknown } },
    ]).statements;
    assert.deepEqual([...(first?.unknown ?? [])].sort(), ["Action", "NotResource", "Principal"]);
    assert.deepEqual([...(first?.given ?? [])].sort(), ["Action", "NotResource", "Principal", "Resource"]);
    assert.deepEqual(first?.principals, { AWS: ["*"] });
    assert.deepEqual([...(second?.unknown ?? [])], ["Condition"]);
    assert.deepEqual(second?.conditions, []);
  });

  it("P25: an operator is taken apart into quantifier, test and IfExists", () => {
    const parts = (operator: string) => {
      const [condition] =
        read({ ...allow, Condition: { [operator]: { "aws:TagKeys": "a" } } }).statements[0]?.conditions ?? [];
      assert.equal(condition?.operator, operator);
      assert.equal(condition.key, "aws:tagkeys");
      assert.equal(condition.written, "aws:TagKeys");
      return [condition.quantifier, condition.test, condition.ifExists];
    };
    assert.deepEqual(parts("StringLike"), [undefined, "StringLike", false]);
    assert.deepEqual(parts("StringLikeIfExists"), [undefined, "StringLike", true]);
    assert.deepEqual(parts("ForAllValues:StringLike"), ["ForAllValues", "StringLike", false]);
    assert.deepEqual(parts("ForAnyValue:StringLikeIfExists"), ["ForAnyValue", "StringLike", true]);
    assert.deepEqual(parts("XForAnyValue:StringLike"), [undefined, "XForAnyValue:StringLike", false]);
    assert.deepEqual(parts("IfExistsX"), [undefined, "IfExistsX", false]);
  });

  it("P25: the size is that of the text without white space, of an object that of its JSON", () => {
    assert.equal(readDocument('{ "Statement":\n\t[ ] }').size, 16);
    assert.equal(readDocument({ Statement: [] }).size, 16);
    const most = (size: number) => `{"Statement":[],"Id":"${"x".repeat(size - 24)}"}`;
    assert.equal(problems(readDocument(most(32_768))).length, 1);
    assert.deepEqual(problems(readDocument(most(32_769))), [
      "document: it has 32769 characters, more than AWS takes in any policy (32768) → split it, or name fewer resources",
    ]);
  });

  it("P31: a value that can't be read for another reason than being unknown is an error", () => {
    const broken = Object.defineProperty({}, "policy", {
      enumerable: true,
      get: () => {
        throw new Error("out of order");
      },
    });
    assert.throws(() => reveal(broken), /out of order/);
    assert.deepEqual(reveal({ a: null, b: [1, null] }), { a: null, b: [1, null] });
  });

  it("P31: an answer that was worked out is kept, up to a number of them", () => {
    const asked: number[] = [];
    const double = memo((x: number) => {
      asked.push(x);
      return x === 0 ? undefined : 2 * x;
    }, 2);
    assert.deepEqual([1, 1, 0, 0, 1].map(double), [2, 2, undefined, undefined, 2]);
    assert.deepEqual(asked, [1, 0]);
    assert.equal(double(3), 6);
    assert.equal(double(1), 2);
    assert.deepEqual(asked, [1, 0, 3, 1], "the third answer took the place of the first two");
  });
});
