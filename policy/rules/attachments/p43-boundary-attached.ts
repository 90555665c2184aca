import { isNamedBoundary } from "../../document/locations";
import type { Resource, StackRule } from "../../model/rule";
import { attachingTypes, policiesAttachedBy } from "../../principals/managedPolicies";
import { references } from "../../principals/references";

const policyType = "aws:iam/policy:Policy";
const policyArn = "arn:aws:iam::111122223333:policy/team-boundary";
const statement = { Sid: "Most", Effect: "Allow", Action: "*", Resource: "*" };
const boundary = {
  type: policyType,
  name: "boundary",
  props: { name: "team-boundary", policy: { Version: "2012-10-17", Statement: [statement] } },
};
const assumeRolePolicy = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
    },
  ],
};
const role = { type: "aws:iam/role:Role", name: "loader", props: { name: "loader", assumeRolePolicy } };
const attachment = { type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", name: "attachment" };

/** P43: a policy that its name calls a boundary is judged as one, so it must not be attached. */
export const attachedBoundary: StackRule = {
  id: "P43",
  name: "iam-boundary-not-attached",
  title: "A boundary isn't attached",
  level: "mandatory",
  severity: "critical",
  why: "A boundary says the most that a principal may have; attached, it gives all of that.",
  details:
    "A managed policy whose name has the word `boundary` in it is judged as a permissions boundary: its Allow grants nothing, and only rule P25 looks at it. " +
    "Refused is such a policy where it is attached to a role, user or group, by whatever resource, in `managedPolicyArns` or as the policy of a permission set. " +
    "Also an ARN outside the stack is refused by that name. As `permissionsBoundary` it is right.",
  sources: ["AWS IAM user guide: permissions boundaries for IAM entities"],
  wrong: { resources: [boundary, role, { ...attachment, props: { role: "loader", policyArn } }] },
  right: { resources: [boundary, { ...role, props: { ...role.props, permissionsBoundary: policyArn } }] },
  scope: "stack",
  *check(resources) {
    const known = references(resources);
    for (const resource of resources.filter(({ type }) => attachingTypes.includes(type))) {
      const inStack = properties.flatMap((property) => known.named(resource, property, policyType));
      const names = new Set([
        ...inStack.map(nameOf).filter(isNamedBoundary),
        ...policiesAttachedBy(resource)
          .map(({ arn }) => /^arn:[^:]+:iam::\d{12}:policy\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1])
          .filter(isNamedBoundary),
      ]);
      for (const name of names) {
        const message = `it attaches ${name}, which its name calls a permissions boundary`;
        yield {
          urn: resource.urn,
          message,
          fix: "set it as permissionsBoundary, or name the policy for what it grants",
        };
      }
    }
  },
};

const properties = ["policyArn", "policyArns", "managedPolicyArns", "managedPolicyArn"];

function nameOf({ props }: Resource): unknown {
  return props.name;
}
