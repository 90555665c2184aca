import assert from "node:assert/strict";
import { actionInfo } from "../../policy/catalogue/actions";
import { readDocument } from "../../policy/document/readDocument";
import { canMatch } from "../../policy/matching/overlap";
import { allowedActions, everywhere } from "../../policy/matching/reach";
import { coversFormat, isEveryResource } from "../../policy/matching/resources";
import { covers, hasWildcard } from "../../policy/matching/wildcard";

describe("IAM's wildcards", () => {
  it("P4: * is any text, ? one character, every other character itself", () => {
    for (const [pattern, text] of [
      ["*", ""],
      ["*", "a\nb"],
      ["a*", "a"],
      ["a**c", "a-b\n-c"],
      ["?", "\n"],
      ["a?c*", "abc"],
      ["a.c*", "a.c"],
      ["(a|b)+$*", "(a|b)+$"],
      ["a", "a"],
    ] as const) {
      assert.equal(covers(pattern, text), true, `${pattern} ${text}`);
    }
    for (const [pattern, text] of [
      ["a*", "ba"],
      ["*a", "ab"],
      ["?", ""],
      ["?", "ab"],
      ["a.c*", "abc"],
      ["[ab]*", "a"],
      ["a", "ab"],
      ["", "a"],
    ] as const) {
      assert.equal(covers(pattern, text), false, `${pattern} ${text}`);
    }
  });

  it("P4: ARNs are compared with their case, actions without", () => {
    for (const pattern of ["arn:Orders", "arn:O*"]) {
      assert.equal(covers(pattern, "arn:orders"), false);
      assert.equal(covers(pattern, "arn:Orders"), true);
      assert.equal(covers(pattern, "arn:orders", { ignoreCase: true }), true);
    }
    assert.equal(covers("a*\nC", "A\n\nc", { ignoreCase: true }), true);
  });

  it("P4: what stands in a policy variable is no wildcard", () => {
    for (const text of ["orders", `\${aws:username}`, `a-\${a?b}-\${*}`, ""])
      assert.equal(hasWildcard(text), false, text);
    for (const text of ["*", "a?", `\${aws:username}*`, `\${a}?\${b}`, "${*", "{*}"]) {
      assert.equal(hasWildcard(text), true, text);
    }
    assert.equal(covers(`home/\${aws:username}`, `home/\${aws:username}`), true);
    assert.equal(covers(`home/\${aws:username}/*`, "home/ada/x"), false);
  });

  it("P4: a pattern covers a form when it covers whatever name stands in it", () => {
    const format = `arn:\${Partition}:dynamodb:\${Region}:\${Account}:table/\${TableName}`;
    assert.equal(coversFormat(["arn:aws:dynamodb:*:*:table/*"], format), true);
    assert.equal(coversFormat(["arn:aws:dynamodb:*:*:table/z*"], format), false, "some begin otherwise");
    assert.equal(coversFormat(["arn:aws:dynamodb:*:*:table/9*"], format), false);
    assert.equal(coversFormat(["arn:aws:dynamodb:*:*:table/*a"], format), false);
    assert.equal(
      coversFormat(["arn:aws:dynamodb:*:*:*"], "arn:aws:dynamodb:*:*:table"),
      false,
      "a form without a name",
    );
    const query = actionInfo("dynamodb:Query");
    assert.ok(query);
    assert.equal(isEveryResource(["arn:aws:dynamodb:eu-west-1:111122223333:table/orders"], query), false);
  });

  it("P25: a pattern and a form have a text in common", () => {
    const bucket = `arn:\${Partition}:s3:::\${BucketName}`;
    const object = `${bucket}/\${ObjectName}`;
    for (const [pattern, format] of [
      ["arn:aws:s3:::orders", bucket],
      ["arn:aws:s3:::ord?rs", bucket],
      ["arn:aws:s3:::*", object],
      ["arn:aws:s3:::orders/**/x", object],
      ["arn:aws:s3:::orders/a/b:c\nd", object],
      [`arn:aws:s3:::\${aws:username}/x`, object],
      ["arn:aws:s3:::orders?x", object],
      ["arn:*:s3", "arn:*:s3"],
      ["a.b", "a.b"],
    ] as const) {
      assert.equal(canMatch(pattern, format), true, `${pattern} ${format}`);
    }
    for (const [pattern, format] of [
      ["arn:aws:s3:::orders/x", bucket],
      ["arn:aws:s3:::orders/?", bucket],
      ["arn:aws:s3:::?/", bucket],
      ["arn:aws:sqs:::*", bucket],
      ["arn:aws:s3:::orders", object],
      ["arn:aws:s3:::orders?", "arn:aws:s3:::orders"],
      ["?arn", "arn"],
      ["axb", "a.b"],
      ["ab*c", "ab"],
    ] as const) {
      assert.equal(canMatch(pattern, format), false, `${pattern} ${format}`);
    }
  });

  it("P4: an action is told by the first pattern that names it, and reached by resources with * alone", () => {
    const read = (of: Record<string, unknown>) => {
      const [statement] = readDocument({ Statement: { Effect: "Allow", ...of } }).statements;
      assert.ok(statement);
      return statement;
    };
    const [first] = allowedActions(read({ Action: ["sqs:Send*", "sqs:SendMessage"], Resource: "*" }));
    assert.equal(first?.pattern, "sqs:Send*");
    const reached = (Resource: unknown, Action: unknown = "sqs:SendMessage") =>
      everywhere(read({ Action, Resource })).flatMap(({ resources }) => resources);
    assert.deepEqual(reached(["arn:aws:sqs:eu-west-1:111122223333:orders", "*"]), ["*"]);
    assert.deepEqual(reached([]), []);
    const named = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
    assert.deepEqual(reached(["arn:aws:dynamodb:*:*:table/*", named], "dynamodb:Query"), [
      "arn:aws:dynamodb:*:*:table/*",
    ]);
  });
});
