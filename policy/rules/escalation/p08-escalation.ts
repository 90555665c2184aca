import { findDocuments } from "../../document/locations";
import { Effective } from "../../escalation/effective";
import { methodsOpenTo } from "../../escalation/match";
import type { Method } from "../../escalation/method";
import { powerOf } from "../../escalation/power";
import type { Finding, StackRule } from "../../model/rule";
import { principalsOf } from "../../principals/principals";

const functions = {
  Sid: "Deploy",
  Effect: "Allow",
  Action: ["lambda:CreateFunction", "lambda:InvokeFunction"],
  Resource: "arn:aws:lambda:eu-west-1:111122223333:function:orders",
};
const pass = { Sid: "Pass", Effect: "Allow", Action: "iam:PassRole" };
const toLambda = { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } };

/** P8: permissions that are harmless one by one, and together the way to all. */
export const escalation: StackRule = {
  id: "P8",
  name: "iam-no-privilege-escalation",
  title: "No privilege escalation",
  level: "mandatory",
  severity: "critical",
  why: "Whoever takes over the role can give themselves the permissions of others, up to the administrator's.",
  details:
    "All documents that are attached to a role, by whatever resource, are read together, those of AWS's managed policies included, less what they deny without a condition, and what its permissions boundary doesn't allow if that stands in the stack. What one of AWS's policies opens alone is rule P19. " +
    "They are compared with the methods that Rhino Security Labs and pathfinding.cloud have published (policy/escalation), each a set of actions, and with what follows from them: a role passed to a service, build project or function that is there already. " +
    "An action that must reach other roles, users or functions counts when it is allowed on all of them; on named ones it is limited, and the chain through " +
    "them is rule P9. Rewriting the own role or a policy attached to it counts also when it is named, and so do two actions on one role (attach a policy, then assume it). Conditions on the action's own keys (iam:PolicyARN, iam:PermissionsBoundary, ssm:resourceTag) " +
    "and on aws:ResourceTag narrow; iam:PassedToService narrows to the methods of that service. Statements for every action are rule P1, sts:AssumeRole on " +
    "every role is rule P17. What is attached to no role of the stack (policies of users, groups and permission sets), and in a file, is read document by document.",
  sources: [
    "Rhino Security Labs: AWS privilege escalation methods",
    "pathfinding.cloud (Datadog)",
    "checkov CKV_AWS_286, CKV_AWS_110",
    "cloudsplaining PrivilegeEscalation",
    "prowler iam_policy_allows_privilege_escalation",
  ],
  wrong: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [functions, { ...pass, Resource: "arn:aws:iam::111122223333:role/*", Condition: toLambda }],
    },
  },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [functions, { ...pass, Resource: "arn:aws:iam::111122223333:role/orders", Condition: toLambda }],
    },
  },
  scope: "stack",
  *check(resources) {
    const principals = principalsOf(resources);
    for (const role of principals.roles) {
      const { added } = powerOf(role, principals);
      if (added.length > 0) yield { urn: role.resource.urn, ...finding(added) };
    }
    // Of users, groups, permission sets, and of roles outside the stack.
    for (const { urn, type, props } of resources) {
      if (type === "aws:iam/role:Role" || principals.attached.has(urn)) continue;
      for (const { kind, document } of findDocuments(type, props)) {
        const methods = kind === "identity" ? methodsOpenTo(new Effective([document])) : [];
        if (methods.length > 0) yield { urn, ...finding(methods) };
      }
    }
  },
  alone: {
    kinds: ["identity"],
    *check({ document }) {
      const methods = methodsOpenTo(new Effective([document]));
      if (methods.length > 0) yield finding(methods);
    },
  },
};

const shown = 3;

function finding(methods: readonly Method[]): Finding {
  const listed = methods
    .slice(0, shown)
    .map(({ id, name, needs }) => `${id}: ${name} (${needs.map(({ action }) => action).join(" + ")})`);
  const more = methods.length > shown ? `; and ${methods.length - shown} more` : "";
  return {
    message: `it is enough to escalate by ${listed.join("; ")}${more}`,
    fix: "name the roles, users, functions or instances in Resource, or drop one action of each method",
    actions: [...new Set(methods.flatMap(({ needs }) => needs.map(({ action }) => action)))],
  };
}
