import { type Edge, edgesOf, powerOf } from "../../escalation/power";
import type { StackRule } from "../../model/rule";
import { type Principals, principalsOf, type RoleModel } from "../../principals/principals";

const trustOf = (Principal: Record<string, string>, Condition: Record<string, unknown>) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole", Condition }],
});
const ofService = trustOf(
  { Service: "lambda.amazonaws.com" },
  { StringEquals: { "aws:SourceAccount": "111122223333" } },
);
const role = (name: string, assumeRolePolicy: Record<string, unknown>) => ({
  type: "aws:iam/role:Role",
  name,
  props: { name, arn: `arn:aws:iam::111122223333:role/${name}`, assumeRolePolicy },
});
const policy = (name: string, of: string, statement: Record<string, unknown>) => ({
  type: "aws:iam/rolePolicy:RolePolicy",
  name,
  props: { name, role: of, policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] } },
  dependencies: { role: [of] },
});
const deployer = role(
  "deployer",
  trustOf({ AWS: "arn:aws:iam::111122223333:role/builder" }, { StringEquals: { "sts:ExternalId": "builder-7f2c" } }),
);
const read = { Action: "s3:GetObject", Resource: "arn:aws:s3:::orders/*" };

/** P9: from role to role to the administrator. */
export const escalationChain: StackRule = {
  id: "P9",
  name: "iam-no-escalation-chain",
  title: "No privilege escalation across roles",
  level: "mandatory",
  severity: "critical",
  why: "A role is as powerful as the most powerful one that it can act as.",
  details:
    "Within the stack, a role is followed to those that it can act as: it is named in their trust, or may assume them and their trust names its account; " +
    "it may pass them to a service that they trust and start something there with them (the methods of rule P8); it may change the code or configuration of a function that runs with them; " +
    "it may rewrite their trust. Refused is a role that gets, in however many steps, to one that is an administrator (AdministratorAccess, IAMFullAccess, PowerUserAccess, or " +
    "every action) or can escalate (rule P8), unless it is that already. Roles outside the stack aren't known. At preview, names that aren't known yet are left out; the update knows them.",
  sources: ["PMapper", "pathfinding.cloud (Datadog): lateral movement", "IAM role chaining in AWS's documentation"],
  wrong: {
    resources: [
      role("builder", ofService),
      deployer,
      policy("read", "builder", read),
      policy("all", "deployer", { Action: "iam:PutRolePolicy", Resource: "arn:aws:iam::111122223333:role/*" }),
    ],
  },
  right: { resources: [role("builder", ofService), deployer, policy("read", "builder", read)] },
  scope: "stack",
  *check(resources) {
    const principals = principalsOf(resources);
    const isPowerful = (each: RoleModel) => whyPowerful(each, principals) !== undefined;
    if (!principals.roles.some(isPowerful)) return;
    for (const from of principals.roles) {
      if (isPowerful(from)) continue;
      const steps = wayToPower(from, principals);
      const last = steps?.at(-1);
      if (!steps || !last) continue;
      const way = steps.map(({ by }) => by).join(", which ");
      const message = `it ${way}; ${last.to.resource.name} ${whyPowerful(last.to, principals)}`;
      const fix = `break the chain: don't let ${from.resource.name} act as ${steps[0]?.to.resource.name}, or take from ${last.to.resource.name} what it doesn't need`;
      yield { urn: from.resource.urn, message, fix };
    }
  },
};

function whyPowerful(role: RoleModel, principals: Principals): string | undefined {
  const { administrator, methods } = powerOf(role, principals);
  const [method] = methods;
  return administrator ?? (method && `can escalate by ${method.id} (${method.name})`);
}

/** The shortest way to a powerful role, breadth first. */
function wayToPower(from: RoleModel, principals: Principals): readonly Edge[] | undefined {
  const seen = new Set([from]);
  let ways: readonly (readonly Edge[])[] = [[]];
  while (ways.length > 0) {
    const next: (readonly Edge[])[] = [];
    for (const way of ways) {
      for (const edge of edgesOf(way.at(-1)?.to ?? from, principals)) {
        if (seen.has(edge.to)) continue;
        seen.add(edge.to);
        const longer = [...way, edge];
        if (whyPowerful(edge.to, principals) !== undefined) return longer;
        next.push(longer);
      }
    }
    ways = next;
  }
  return undefined;
}
