import assert from "node:assert/strict";
import { readDocument } from "../../policy/document/readDocument";
import type { DocumentRule } from "../../policy/model/rule";
import { defaultSettings, type Settings } from "../../policy/model/settings";
import { judgeDocument } from "../../policy/pack/judge";
import { serviceSource } from "../../policy/rules/trusts/p15-service-source";
import { externalId } from "../../policy/rules/trusts/p16-external-id";

function judge(rule: DocumentRule, statement: Record<string, unknown>, settings: Partial<Settings> = {}): string[] {
  const document = readDocument({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", ...statement }],
  });
  const found = { path: "assumeRolePolicy", kind: "trust" as const, document };
  return judgeDocument(rule, found, { ...defaultSettings, ...settings }).map(({ message }) => message);
}

describe("trusts of services and of other accounts", () => {
  it("P15: a service is named that may be had by anybody; its account or its resource's ARN is enough", () => {
    const Principal = { Service: "states.amazonaws.com" };
    const [message] = judge(serviceSource, { Principal });
    assert.match(message ?? "", /states\.amazonaws\.com/);
    const source = "arn:aws:states:eu-west-1:111122223333:stateMachine:nightly";
    assert.deepEqual(judge(serviceSource, { Principal, Condition: { ArnEquals: { "aws:SourceArn": source } } }), []);
    const loose = { StringLike: { "aws:SourceAccount": "*" } };
    assert.equal(judge(serviceSource, { Principal, Condition: loose }).length, 1);
  });

  it("P16: another account shows the External ID, or is one that the settings trust", () => {
    const Principal = { AWS: "arn:aws:iam::834469178297:root" };
    const [message] = judge(externalId, { Principal });
    assert.match(message ?? "", /834469178297/);
    const Condition = { StringEquals: { "sts:ExternalId": "delivered_ample" } };
    assert.deepEqual(judge(externalId, { Principal, Condition }), []);
    assert.deepEqual(judge(externalId, { Principal }, { trustedAccounts: ["834469178297"] }), []);
    assert.equal(judge(externalId, { Principal }, { trustedAccounts: ["111122223333"] }).length, 1);
  });
});
