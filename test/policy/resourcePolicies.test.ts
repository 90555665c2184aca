import assert from "node:assert/strict";
import { readDocument } from "../../policy/document/readDocument";
import type { DocumentKind } from "../../policy/model/document";
import type { DocumentRule } from "../../policy/model/rule";
import { defaultSettings } from "../../policy/model/settings";
import { judgeDocument } from "../../policy/pack/judge";
import { serviceWildcard } from "../../policy/rules/actions/p02-service-wildcard";
import { keys } from "../../policy/rules/exposure/p20-kms";
import { publicPolicy } from "../../policy/rules/exposure/p21-public";

const account = "111122223333";
const root = `arn:aws:iam::${account}:root`;

function judge(rule: DocumentRule, kind: DocumentKind, statements: unknown, service?: string): string[] {
  const document = readDocument({ Version: "2012-10-17", Statement: statements });
  return judgeDocument(rule, { path: "policy", kind, document, ...(service ? { service } : {}) }, defaultSettings).map(
    ({ message, fix }) => `${message} → ${fix}`,
  );
}

describe("keys, public policies and service wildcards, case by case", () => {
  it("P20: reading is refused with every key, unless keys are picked", () => {
    const found = (statement: object) =>
      judge(keys, "identity", { Effect: "Allow", Action: "kms:Decrypt", Resource: "*", ...statement }).length;
    assert.equal(found({}), 1);
    assert.equal(found({ Action: ["kms:Decrypt", "kms:ReEncryptFrom"] }), 2);
    assert.equal(found({ Action: ["*", "kms:Decrypt"] }), 0, "P1 tells of it");
    assert.equal(found({ Action: ["kms:*"] }), 2);
    for (const [operator, key, value, picks] of [
      ["ForAnyValue:StringLike", "kms:ResourceAliases", "alias/orders*", true],
      ["StringEquals", "kms:RequestAlias", "alias/orders", true],
      ["StringEquals", "kms:EncryptionContext:table", "orders", true],
      ["StringEquals", "aws:ResourceTag/team", "data", true],
      ["ForAnyValue:StringLike", "kms:ResourceAliases", "alias/*", false],
      ["ForAnyValue:StringLike", "kms:ResourceAliases", "alias/**", false],
      ["ForAnyValue:StringLike", "kms:ResourceAliases", ["alias/orders", "*"], false],
      ["StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com", false],
      ["StringEquals", "kms:RequestAliases", "alias/orders", false],
      ["StringEquals", "x-kms:RequestAlias", "alias/orders", false],
      ["StringEqualsIfExists", "aws:ResourceTag/team", "data", false],
    ] as const) {
      assert.equal(
        found({ Condition: { [operator]: { [key]: value } } }),
        picks ? 0 : 1,
        `${operator} ${key} ${value}`,
      );
    }
  });

  it("P20: a key's policy gives nobody but the account's root every action", () => {
    const found = (Action: unknown, Principal: unknown) =>
      judge(keys, "resource", { Effect: "Allow", Principal, Action, Resource: "*" }, "kms").length;
    const role = { AWS: `arn:aws:iam::${account}:role/load` };
    for (const action of ["kms:*", "KMS:*", "kms:**", "kms:?*", "kms:*?"]) assert.equal(found(action, role), 1, action);
    for (const action of ["kms:Decrypt", "kms:*Key", "kms:De*", "x-kms:*", "s3:*"])
      assert.equal(found(action, role), 0, action);
    assert.equal(found("kms:*", { AWS: root }), 0);
  });

  it("P21: a public Allow is taken back by a Deny for everybody else on all of it", () => {
    const open = {
      Effect: "Allow",
      Principal: { AWS: [account, "*"] },
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: ["arn:aws:s3:::o/a/*", "arn:aws:s3:::o/b/*"],
    };
    const closing = {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: ["arn:aws:s3:::x", "arn:aws:s3:::o/*"],
      Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-1" } },
    };
    const found = (...statements: unknown[]) => judge(publicPolicy, "resource", statements, "s3").length;
    assert.equal(found(open), 1);
    assert.equal(found(open, closing), 0);
    for (const change of [
      { Effect: "Allow" },
      { Principal: { AWS: account } },
      { Action: "s3:GetObject" },
      { Resource: "arn:aws:s3:::o/a/*" },
      { Condition: {} },
      { Condition: { StringEquals: { "aws:SourceVpce": "vpce-1" } } },
    ]) {
      assert.ok(found(open, { ...closing, ...change }) >= 1, JSON.stringify(change));
    }
  });

  it("P2: a service's wildcard is one in every spelling, with the number of actions where AWS has the service", () => {
    const found = (Action: string, service?: string, Principal?: unknown) =>
      judge(
        serviceWildcard,
        service ? "resource" : "identity",
        { Effect: "Allow", Action, Resource: "*", ...(Principal ? { Principal } : {}) },
        service,
      );
    for (const action of ["s3:*", "s3:**", "s3:?*", "s3:*?"])
      assert.match(found(action)[0] ?? "", /every action of s3 \(\d+ today\)/);
    for (const action of ["s3:a*", "s3:*a", ":*", "*", "*:*", "s3:?"]) assert.deepEqual(found(action), [], action);
    assert.match(found("nosuch:*")[0] ?? "", /every action of nosuch →/);
    assert.deepEqual(found("kms:*", "kms", { AWS: root }), []);
    assert.equal(found("sqs:*", "sqs", { AWS: root }).length, 1);
  });
});
