import { onlyLimits } from "../../document/resourcePolicies";
import { isEveryAction } from "../../matching/wildcard";
import type { DocumentRule } from "../../model/rule";

/** P1: an allowed `*` action is every action of every service. */
export const administrator: DocumentRule = {
  id: "P1",
  name: "iam-no-administrator",
  title: "No administrator documents",
  level: "mandatory",
  severity: "critical",
  why: "Action * gives every permission of the account to whoever takes over the principal.",
  details:
    "An Allow statement whose Action is `*`, in whatever spelling (`*:*`, `**`), is refused, also when its Resource is narrow. " +
    "A Deny of `*` is fine, and so is a VPC endpoint's policy, which only limits: it is rule P21's.",
  sources: [
    "checkov CKV_AWS_62, CKV_AWS_63",
    "cdk-nag AwsSolutions-IAM5",
    "AWS Config iam-policy-no-statements-with-admin-access",
  ],
  wrong: {
    kind: "identity",
    document: { Version: "2012-10-17", Statement: [{ Sid: "All", Effect: "Allow", Action: "*", Resource: "*" }] },
  },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "ReadOrders",
          Effect: "Allow",
          Action: "dynamodb:GetItem",
          Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
        },
      ],
    },
  },
  scope: "document",
  kinds: ["identity", "trust", "resource"],
  *check({ service, document }) {
    if (onlyLimits(service)) return;
    for (const { label, effect, actions } of document.statements) {
      const offending = actions.find(isEveryAction);
      if (effect !== "Allow" || offending === undefined) continue;
      const message = `it allows the action "${offending}", which is every action of every service`;
      yield { statement: label, message, fix: "list the actions that the code calls", actions: [offending] };
    }
  },
};
