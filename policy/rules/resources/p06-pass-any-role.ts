import { everywhere } from "../../matching/reach";
import type { DocumentRule } from "../../model/rule";
import { onEveryResource } from "../wording";

const Condition = { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } };
const statement = { Sid: "PassTaskRole", Effect: "Allow", Action: "iam:PassRole", Condition };

/** P6: iam:PassRole on every role. */
export const passAnyRole: DocumentRule = {
  id: "P6",
  name: "iam-no-pass-any-role",
  title: "iam:PassRole names its roles",
  level: "mandatory",
  severity: "critical",
  why: "Who may pass every role can start something with the administrator's role and act as that.",
  details:
    "An Allow statement of an identity document whose actions include iam:PassRole, also by a wildcard, is refused when its " +
    "resources cover every role (`*`, `arn:aws:iam::*:role/*`, `arn:aws:iam::111122223333:*`). Conditions don't " +
    "mend it: iam:PassedToService names who receives the role, not which role, and PassRole knows no resource tags.",
  sources: ["cloudsplaining PrivilegeEscalation", "IAM Access Analyzer: PASS_ROLE_WITH_STAR_IN_RESOURCE"],
  wrong: { kind: "identity", document: { Version: "2012-10-17", Statement: [{ ...statement, Resource: "*" }] } },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [{ ...statement, Resource: "arn:aws:iam::111122223333:role/orders-task" }],
    },
  },
  scope: "document",
  kinds: ["identity"],
  *check({ document }) {
    for (const each of document.statements) {
      const passing = everywhere(each).filter(({ action }) => action.key === "iam:PassRole");
      yield* onEveryResource(each, passing, { conditions: false });
    }
  },
};
