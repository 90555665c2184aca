import { onlyLimits } from "../../document/resourcePolicies";
import { expandAction } from "../../matching/expand";
import { canMeet } from "../../matching/resources";
import { hasWildcard, isEveryAction } from "../../matching/wildcard";
import type { DocumentRule } from "../../model/rule";
import { isKeyRoot } from "../../principals/keyRoot";
import { listed } from "../wording";
import { serviceOfWildcard } from "./p02-service-wildcard";

const table = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";

/** P3: `s3:Get*` grants what AWS adds later, and mostly more than the code calls today. */
export const partialWildcard: DocumentRule = {
  id: "P3",
  name: "iam-no-partial-wildcard",
  title: "No partial wildcards in actions",
  level: "advisory",
  severity: "low",
  why: "A wildcard in an action grants what nobody calls, and what AWS adds under that name later.",
  details:
    "Every pattern with a wildcard in an Allow statement's Action is reported, with the actions that it stands for, unless " +
    "it is a full wildcard (rule P1) or a service's (rule P2). A wildcard that is meant is an exemption with its reason. " +
    "Deny statements may have wildcards, and so may the statement of a key's policy for the root of its account, and a VPC endpoint's policy, which only limits.",
  sources: ["cdk-nag AwsSolutions-IAM5", "IAM Access Analyzer: policy validation", "AWS IAM best practices"],
  wrong: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [{ Sid: "Read", Effect: "Allow", Action: "dynamodb:*GetItem", Resource: table }],
    },
  },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [
        { Sid: "Read", Effect: "Allow", Action: ["dynamodb:BatchGetItem", "dynamodb:GetItem"], Resource: table },
      ],
    },
  },
  scope: "document",
  kinds: ["identity", "trust", "resource"],
  *check({ service, document }) {
    if (onlyLimits(service)) return;
    for (const statement of document.statements) {
      const { label, effect, actions } = statement;
      // What the account's root may do with a key is what its administrators may, whom IAM policies name.
      if (effect !== "Allow" || (service === "kms" && isKeyRoot(statement))) continue;
      for (const pattern of actions) {
        if (!hasWildcard(pattern) || isEveryAction(pattern) || serviceOfWildcard(pattern)) continue;
        // A wildcard in the service would be looked up in all of AWS; IAM refuses it (rule P25).
        const covered = /^[^:*?]+:/.test(pattern) ? expandAction(pattern) : [];
        // With a resource that it can't meet, an action would be allowed nothing.
        const fitting = covered.filter((each) => statement.resources.some((resource) => canMeet(each, resource)));
        const named = (fitting.length > 0 ? fitting : covered).map(({ key }) => key);
        const message = `it allows "${pattern}"${covered.length > 0 ? `, ${covered.length} of its service's actions` : ""}`;
        const fix =
          covered.length > 0
            ? `list those that the code calls, of ${listed(named, 6)}; or exempt it with a reason`
            : "list the actions that the code calls";
        yield { statement: label, message, fix, actions: [pattern] };
      }
    }
  },
};
