import assert from "node:assert/strict";
import { readDocument } from "../../policy/document/readDocument";
import { covers } from "../../policy/matching/wildcard";
import { defaultSettings } from "../../policy/model/settings";
import { unknown } from "../../policy/model/unknown";
import { judgeResource, messageOf } from "../../policy/pack/judge";
import { rules } from "../../policy/rules";
import { validity } from "../../policy/rules/documents/p25-validity";
import { judgeExample, messages } from "./judge";

const table = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
const get = { Effect: "Allow", Action: "dynamodb:GetItem", Resource: table };
type Kind = "identity" | "trust" | "resource";

/** A policy variable. */
function variable(name: string): string {
  return `\${${name}}`;
}

function judge(statement: Record<string, unknown>, kind: Kind = "identity"): string[] {
  return messages(validity, kind, { Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}

/** Policies of a resource type whose only property of interest is `policy`. */
function judgeType(type: string, policy: unknown, property = "policy"): string[] {
  const resource = { type, name: "r", urn: "r", props: { [property]: policy }, dependencies: {} };
  return judgeResource(validity, resource, defaultSettings).map(messageOf);
}

/** An identity policy of so many characters at least. */
function long(characters: number): string {
  const Resource = Array.from(
    { length: Math.ceil(characters / 70) },
    (_, i) => `${table}-${String(i).padStart(12, "0")}`,
  );
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ ...get, Resource }] });
}

describe("the rule on valid documents", () => {
  it("P25, O20: answers to task tokens may be restricted to a state machine, its Map's executions or an activity", () => {
    const Action = ["states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat"];
    const of = (resource: string): string => `arn:aws:states:eu-west-1:111122223333:${resource}`;
    const taken = ["stateMachine:runs", "stateMachine:runs/*", "activity:by-hand"].map(of);
    for (const Resource of [...taken, "*"]) assert.deepEqual(judge({ Action, Resource }), [], Resource);
    assert.equal(judge({ Action, Resource: of("execution:runs:one") }).length, 3);
  });

  it("P25: each kind of policy has AWS's limit, without white space", () => {
    for (const [type, most] of [
      ["aws:iam/policy:Policy", 6_144],
      ["aws:iam/rolePolicy:RolePolicy", 10_240],
      ["aws:iam/userPolicy:UserPolicy", 2_048],
      ["aws:iam/groupPolicy:GroupPolicy", 5_120],
    ] as const) {
      assert.deepEqual(judgeType(type, long(most * 0.8)), [], type);
      assert.deepEqual(
        judgeType(type, JSON.stringify(JSON.parse(long(most * 0.8)), null, 40)),
        [],
        `${type}, indented`,
      );
      const [message = ""] = judgeType(type, long(most * 1.1));
      assert.match(message, new RegExp(`it has \\d+ characters; AWS takes ${most} for `), type);
    }
  });

  it("P25, P46: 10,000 statements are told to be too many, once, and aren't judged one by one", () => {
    const Statement = Array.from({ length: 10_000 }, (_, i) => ({
      ...get,
      Sid: `Read${i}`,
      Resource: `${table}-${i}`,
    }));
    const document = JSON.stringify({ Version: "2012-10-17", Statement });
    const found = rules.flatMap((rule) => (rule.scope === "document" ? messages(rule, "identity", document) : []));
    assert.equal(found.length, 1);
    assert.match(found[0] ?? "", /it has \d+ characters, more than AWS takes in any policy \(32768\)/);
    assert.deepEqual(readDocument(document).statements, []);
  });

  it("P46: a key that stands twice is told with its place, since only the last one counts", () => {
    const twice = (text: string) =>
      readDocument(text).problems.flatMap(({ message }) => /^the key (.*) stands there twice/.exec(message)?.[1] ?? []);
    const statement = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"';
    assert.deepEqual(twice(`{"Version": "2012-10-17", "Statement": [${statement}}]}`), []);
    assert.deepEqual(twice(`{"Version": "2012-10-17", "Statement": [${statement}, "Action": "s3:*"}]}`), [
      "Statement[0].Action",
    ]);
    assert.deepEqual(
      twice(
        `{"Statement": [], "Version": "2012-10-17", "Statement": [${statement}}, ${statement}, "\\u0045ffect": "Deny"}]}`,
      ),
      ["Statement", "Statement[1].Effect"],
    );
    const operators = '"StringEquals": {"a:b": "c", "a:b": ["{", "\\"}"]}, "StringEquals": {"a:b": "d"}';
    assert.deepEqual(twice(`{"Statement": ${statement}, "Condition": {${operators}}}}`), [
      "Statement.Condition.StringEquals.a:b",
      "Statement.Condition.StringEquals",
    ]);
    assert.deepEqual(twice('{"Statement": {"Action": ["Effect", "Effect"], "Effect": "Allow"}}'), []);
  });

  it("P46: patterns that made a backtracking matcher hang are judged", () => {
    const hostile = ["*?".repeat(14), "?*".repeat(7_000), `${"*a".repeat(7_000)}b`, `*${"a?".repeat(3_000)}b`];
    for (const name of hostile) {
      const Resource = `arn:aws:dynamodb:eu-west-1:111122223333:table/${name}`;
      const document = {
        Version: "2012-10-17",
        Statement: [
          { ...get, Resource },
          { ...get, Effect: "Deny", Resource },
        ],
      };
      for (const rule of rules) judgeExample(rule, { kind: "identity", document: document as Record<string, unknown> });
      const ends = covers(`${name}!`, `${"a".repeat(14_000)}`);
      assert.equal(ends, false);
    }
    assert.deepEqual(judge({ ...get, Action: `dynamodb:${"*?".repeat(2_000)}Z` }).length, 1);
  });

  it("P25: an unknown name is answered with the nearest that AWS has", () => {
    assert.match(judge({ ...get, Action: "dynamodb:GetItems" })[0] ?? "", /did you mean dynamodb:GetItem\?/);
    assert.match(judge({ ...get, Action: "dynamdb:GetItem" })[0] ?? "", /did you mean dynamodb\?/);
    for (const operator of ["StringEqual", "stringequals"]) {
      const Condition = { [operator]: { "aws:PrincipalTag/a": "b" } };
      assert.match(judge({ ...get, Condition })[0] ?? "", /did you mean StringEquals\?/);
    }
    assert.doesNotMatch(judge({ ...get, Action: "dynamodb:Xyz" })[0] ?? "", /did you mean/);
  });

  it("P25: NotAction is read as strictly as Action", () => {
    const deny = { Effect: "Deny", Resource: "*" };
    assert.deepEqual(judge({ ...deny, NotAction: ["sts:GetSessionToken", "iam:List*"] }), []);
    assert.equal(judge({ ...deny, NotAction: "sts:GetSessionTokens" }).length, 1);
  });

  it("P25: an action without its resource, or a resource without its action, is told once", () => {
    const found = (Action: unknown, Resource: unknown) => judge({ Action, Resource });
    assert.match(
      found("s3:GetObject", "arn:aws:s3:::b")[0] ?? "",
      /write arn:\$\{Partition\}:s3:::\$\{BucketName\}\/\$\{ObjectName\} or/,
    );
    assert.equal(found("s3:GetObject", "arn:aws:s3:::b").length, 1);
    assert.equal(found(["s3:GetObject", "xray:PutTraceSegments"], "arn:aws:s3:::b/*").length, 1);
    assert.equal(found(["s3:GetObject"], ["arn:aws:s3:::b/*", table]).length, 1);
    assert.equal(found("s3:*", ["arn:aws:s3:::b", table]).length, 1);
    for (const resource of [
      "arn:aws:s3:::b/*",
      "arn:aws:s3:::*",
      "arn:aws:s3:::b*",
      "arn:*:s3:::b/x",
      "*",
      `arn:aws:s3:::${variable("aws:userid")}/x`,
    ]) {
      assert.deepEqual(found("s3:GetObject", resource), [], resource);
    }
    assert.deepEqual(found("*", table), []);
    assert.deepEqual(found(unknown, "arn:aws:s3:::b"), []);
    assert.deepEqual(found("s3:GetObject", unknown), []);
    assert.deepEqual(found(["dynamodb:GetItem", unknown], [table, "arn:aws:s3:::b"]), []);
    assert.deepEqual(found(["dynamodb:GetItem", "s3:GetObject"], [table, unknown]), []);
  });

  it("P25: forms of ARNs that services complete are taken", () => {
    assert.deepEqual(judge({ Action: "apigateway:GET", Resource: "arn:aws:apigateway:eu-west-1::/restapis/abc" }), []);
    assert.deepEqual(judge({ Action: "iam:GetPolicy", Resource: "arn:aws:iam::aws:policy/ReadOnlyAccess" }), []);
    assert.deepEqual(
      judge({ Action: "states:StartExecution", Resource: "arn:aws:states:*:*:stateMachine:orders" }),
      [],
    );
    const Principal = { AWS: "111122223333" };
    assert.deepEqual(
      judge({ Principal, Action: "execute-api:Invoke", Resource: "execute-api:/prod/*" }, "resource"),
      [],
    );
  });

  it("P25: what is wrong with an ARN is said", () => {
    const found = (Resource: string) => judge({ ...get, Resource })[0] ?? "";
    assert.match(found("orders"), /isn't an ARN/);
    assert.match(found(` ${table}`), /white space/);
    assert.match(found("arn:aws:dynamodb:eu-west-1"), /has 4 parts of 6/);
    assert.match(found("arn:aws:dynamodb:eu-west-1:111122223333:"), /names no resource/);
    assert.match(found("arn:aws::eu-west-1:111122223333:table/x"), /names no service/);
    assert.match(found("arn:azure:dynamodb:eu-west-1:111122223333:table/x"), /the partition "azure"/);
    assert.match(found("arn:aws:dynamodb:eu-west-1:1111:table/x"), /an account has 12 digits/);
    assert.equal(found("arn:aws-us-gov:dynamodb:us-gov-west-1:111122223333:table/x"), "");
  });

  it("P25: principals are ARNs of one principal, accounts, services and what services make", () => {
    const found = (Principal: unknown) =>
      judge({ Principal, Action: "secretsmanager:GetSecretValue", Resource: "*" }, "resource").length;
    for (const right of [
      { AWS: ["111122223333", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/a/b"] },
      { AWS: "arn:aws:sts::111122223333:assumed-role/loader/session" },
      { AWS: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1" },
      { Service: ["lambda.amazonaws.com", "states.eu-west-1.amazonaws.com", "ec2.amazonaws.com.cn"] },
      "*",
    ]) {
      assert.equal(found(right), 0, JSON.stringify(right));
    }
    for (const wrong of [
      { AWS: "arn:aws:iam::111122223333:role/*" },
      { AWS: "AROAEXAMPLEEXAMPLE123" },
      { AWS: "arn:aws:iam::111122223333:group/readers" },
      { Service: "lambda" },
      { Service: "*.amazonaws.com" },
      { service: "lambda.amazonaws.com" },
    ]) {
      assert.equal(found(wrong), 1, JSON.stringify(wrong));
    }
  });

  it("P25: each kind of document has the members that it takes", () => {
    const Principal = { Service: "lambda.amazonaws.com" };
    assert.deepEqual(judge({ Principal, Action: "sts:AssumeRole" }, "trust"), []);
    assert.equal(judge({ Action: "sts:AssumeRole" }, "trust").length, 1);
    assert.equal(judge({ Principal, Action: "sts:AssumeRole", Resource: "*" }, "trust").length, 1);
    assert.equal(judge({ Principal, Action: "lambda:InvokeFunction" }, "trust").length, 1);
    assert.equal(judge({ Principal: { CanonicalUser: "0a" }, Action: "sts:AssumeRole" }, "trust").length, 1);
    assert.deepEqual(judge({ Principal: unknown, Action: "sts:AssumeRole" }, "trust"), []);
    assert.deepEqual(judge({ Principal, Action: "ecr:BatchGetImage" }, "resource"), []);
    assert.equal(judge({ Action: "ecr:BatchGetImage" }, "resource").length, 1);
    assert.deepEqual(judge({ Action: "dynamodb:GetItem", Resource: unknown }), []);
    const queue = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action: "sqs:SendMessage" }] };
    assert.match(judgeType("aws:sqs/queuePolicy:QueuePolicy", queue)[0] ?? "", /it has no Resource/);
  });
});
