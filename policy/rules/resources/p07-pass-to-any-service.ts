import { allowedActions } from "../../matching/reach";
import { mustHold } from "../../matching/scopeConditions";
import type { Condition } from "../../model/document";
import type { DocumentRule } from "../../model/rule";
import { asWritten } from "../wording";

const statement = {
  Sid: "PassTaskRole",
  Effect: "Allow",
  Action: "iam:PassRole",
  Resource: "arn:aws:iam::111122223333:role/orders-task",
};

/** P7: iam:PassRole that doesn't say to which service. */
export const passToAnyService: DocumentRule = {
  id: "P7",
  name: "iam-pass-role-to-named-service",
  title: "iam:PassRole names its service",
  level: "mandatory",
  severity: "high",
  why: "A role passed to another service than was meant runs code that nobody foresaw with its permissions.",
  details:
    "An Allow statement of an identity document whose actions include iam:PassRole, also by a wildcard, needs a condition on " +
    "iam:PassedToService by StringEquals, StringLike or StringEqualsIgnoreCase with the services named. `*` and " +
    "`*.amazonaws.com` name none; IfExists, ForAllValues and negations let others through.",
  sources: ["IAM Access Analyzer: PASS_ROLE_WITH_STAR_IN_RESOURCE", "AWS IAM user guide: iam:PassedToService"],
  wrong: { kind: "identity", document: { Version: "2012-10-17", Statement: [statement] } },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [{ ...statement, Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } } }],
    },
  },
  scope: "document",
  kinds: ["identity"],
  absenceOf: ["Condition"],
  *check({ document }) {
    for (const each of document.statements) {
      const passing = allowedActions(each).find(({ action }) => action.key === "iam:PassRole");
      if (!passing || each.conditions.some(namesService)) continue;
      const message = `it allows ${asWritten(passing)} to whatever service`;
      const condition = '{"StringEquals": {"iam:PassedToService": "<service>.amazonaws.com"}}';
      // Any other action would be allowed nothing with it.
      const isAlone = each.actions.every((action) => action.toLowerCase() === "iam:passrole");
      const fix = isAlone
        ? `add the condition ${condition}`
        : `move iam:PassRole to a statement of its own, with the condition ${condition}`;
      yield { statement: each.label, message, fix, actions: ["iam:PassRole"] };
    }
  },
};

function namesService(condition: Condition): boolean {
  return condition.key === "iam:passedtoservice" && condition.test.startsWith("String") && mustHold(condition);
}
