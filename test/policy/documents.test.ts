import assert from "node:assert/strict";
import type { DocumentRule } from "../../policy/model/rule";
import { defaultSettings } from "../../policy/model/settings";
import { judgeResource, messageOf } from "../../policy/pack/judge";
import { administrator } from "../../policy/rules/actions/p01-administrator";
import { serviceWildcard } from "../../policy/rules/actions/p02-service-wildcard";
import { negations } from "../../policy/rules/actions/p05-negations";
import { validity } from "../../policy/rules/documents/p25-validity";
import { publicPolicy } from "../../policy/rules/exposure/p21-public";

const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const table = "arn:aws:dynamodb:us-east-1:123456789012:table/orders";

/** A role policy with one allowing statement. */
function allowing(statement: Record<string, unknown>): Record<string, unknown> {
  return { policy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] }) };
}

function judge(rule: DocumentRule, type: string, props: Record<string, unknown>): string[] {
  const resource = { type, name: "r", urn: "r", props, dependencies: {} };
  return judgeResource(rule, resource, defaultSettings).map(messageOf);
}

interface Case {
  readonly row: string;
  readonly rule: DocumentRule;
  readonly type?: string;
  readonly wrong: Record<string, Record<string, unknown>>;
  readonly right: Record<string, Record<string, unknown>>;
}

const cases: readonly Case[] = [
  {
    row: "P1",
    rule: administrator,
    wrong: {
      "Action *": allowing({ Action: "*", Resource: "*" }),
      "* in a list": allowing({ Action: ["s3:GetObject", "*"], Resource: "*" }),
      "*:*": allowing({ Action: "*:*", Resource: table }),
      "**": allowing({ Action: "**", Resource: table }),
    },
    right: {
      "one action": allowing({ Action: "dynamodb:GetItem", Resource: table }),
      "a denied *": { policy: { Statement: { Effect: "Deny", Action: "*", Resource: "*" } } },
    },
  },
  {
    row: "P2",
    rule: serviceWildcard,
    wrong: {
      "dynamodb:*": allowing({ Action: "dynamodb:*", Resource: table }),
      "s3:** in a list": allowing({ Action: ["dynamodb:GetItem", "s3:**"], Resource: "*" }),
      "s3:?*": allowing({ Action: "s3:?*", Resource: "*" }),
    },
    right: {
      "a partial wildcard": allowing({ Action: "s3:Get*", Resource: "*" }),
      "a denied s3:*": { policy: { Statement: { Effect: "Deny", Action: "s3:*", Resource: "*" } } },
    },
  },
  {
    row: "P5",
    rule: negations,
    wrong: {
      NotAction: allowing({ NotAction: "iam:*", Resource: "*" }),
      NotResource: allowing({ Action: "s3:GetObject", NotResource: "arn:aws:s3:::secret/*" }),
      NotPrincipal: allowing({ Action: "s3:GetObject", Resource: "*", NotPrincipal: { AWS: "123456789012" } }),
    },
    right: {
      "a denied NotAction": { policy: { Statement: { Effect: "Deny", NotAction: "iam:*", Resource: "*" } } },
      "named actions": allowing({ Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" }),
    },
  },
  {
    row: "P21",
    rule: publicPolicy,
    type: bucketPolicy,
    wrong: {
      "principal *": allowing({ Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*", Principal: "*" }),
      "AWS: *": allowing({ Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*", Principal: { AWS: ["*"] } }),
      "a condition that doesn't narrow": allowing({
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::b/*",
        Principal: "*",
        Condition: { Bool: { "aws:SecureTransport": "true" } },
      }),
      "a condition on every account": allowing({
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::b/*",
        Principal: "*",
        Condition: { StringLike: { "aws:SourceAccount": "*" } },
      }),
    },
    right: {
      "a named account": allowing({ Action: "s3:GetObject", Resource: "*", Principal: { AWS: "123456789012" } }),
      "narrowed to an account": allowing({
        Action: "s3:GetObject",
        Resource: "*",
        Principal: "*",
        Condition: { StringEquals: { "AWS:SourceAccount": "123456789012" } },
      }),
      "denied without TLS": {
        policy: {
          Statement: {
            Effect: "Deny",
            Action: "s3:*",
            Resource: "*",
            Principal: "*",
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        },
      },
    },
  },
  {
    row: "P25",
    rule: validity,
    wrong: {
      "not JSON": { policy: "{" },
      "a list": { policy: "[]" },
      "no statement": { policy: { Version: "2012-10-17" } },
      "an empty list of statements": { policy: { Statement: [] } },
      "an unknown key": allowing({ Action: "s3:ListBucket", Actions: "s3:GetObject", Resource: "*" }),
      "an unknown effect": allowing({ Effect: "allow", Action: "s3:GetObject", Resource: "*" }),
      "an action that is a number": allowing({ Action: [1], Resource: "*" }),
    },
    right: {
      "an object": { policy: { Version: "2012-10-17", Statement: { Effect: "Deny", Action: "*", Resource: "*" } } },
    },
  },
];

describe("rules on policy documents", () => {
  for (const { row, rule, type = rolePolicy, wrong, right } of cases) {
    for (const [what, props] of Object.entries(wrong)) {
      it(`${row}: ${what} is refused, with the property and the rule in the message`, () => {
        const violations = judge(rule, type, props);
        assert.equal(violations.length, 1, violations.join("\n"));
        assert.match(
          violations[0] ?? "",
          new RegExp(`^policy[:,] .*\\[${row}: npx data-pipelines-policy explain ${row}\\]$`),
        );
      });
    }
    for (const [what, props] of Object.entries(right)) {
      it(`${row}: ${what} passes`, () => assert.deepEqual(judge(rule, type, props), []));
    }
  }

  it("P1: a role's inline policies are read, each under its own path", () => {
    const policy = JSON.stringify({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } });
    const violations = judge(administrator, "aws:iam/role:Role", { inlinePolicies: [{ name: "a", policy }] });
    assert.match(violations[0] ?? "", /^inlinePolicies\[0\]\.policy, statement #0: /);
  });
});
