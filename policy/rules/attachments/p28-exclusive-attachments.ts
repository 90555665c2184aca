import type { StackFinding, StackRule } from "../../model/rule";
import { asArray, isRecord } from "../../model/shape";
import { unknown } from "../../model/unknown";
import type { Attachment, How, RoleModel } from "../../principals/principals";
import { principalsOf } from "../../principals/principals";

const role = { type: "aws:iam/role:Role", name: "loader" };
const statement = {
  Sid: "Read",
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::orders/*",
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
const policy = { Version: "2012-10-17", Statement: [statement] };
const rolePolicy = {
  type: "aws:iam/rolePolicy:RolePolicy",
  name: "read",
  props: { name: "read", role: "loader", policy },
  dependencies: { role: ["loader"] },
};

/** P28: two owners of what is attached to a role undo each other's work at every update. */
export const exclusiveAttachments: StackRule = {
  id: "P28",
  name: "iam-one-owner-of-attachments",
  title: "A role's attachments have one owner",
  level: "mandatory",
  severity: "medium",
  why: "An exclusive list removes what others attach: a permission, or a Deny, is gone after the next update, and nobody is told.",
  details:
    "Refused on one role: `inlinePolicies` beside RolePolicy or RolePoliciesExclusive, `managedPolicyArns` beside RolePolicyAttachment, " +
    "PolicyAttachment or RolePolicyAttachmentsExclusive, a RolePolicy or RolePolicyAttachment that the role's Exclusive resource doesn't list, " +
    "and two Exclusive resources of a kind. A PolicyAttachment owns its policy's attachments in the whole account: refused beside any other attachment of the same policy. " +
    "RolePoliciesExclusive with the RolePolicy resources that it lists is right. An empty `inlinePolicies` or `managedPolicyArns` isn't seen, since the provider fills them in, " +
    "nor are entries in them that the other resources have made.",
  sources: ["Pulumi and Terraform AWS provider: notes on aws.iam.Role, PolicyAttachment, RolePoliciesExclusive"],
  wrong: {
    resources: [
      { ...role, props: { name: "loader", assumeRolePolicy, inlinePolicies: [{ name: "own", policy }] } },
      rolePolicy,
    ],
  },
  right: { resources: [{ ...role, props: { name: "loader", assumeRolePolicy } }, rolePolicy] },
  scope: "stack",
  *check(resources) {
    const { roles } = principalsOf(resources);
    for (const each of roles) {
      yield* inline(each);
      yield* managed(each);
    }
    yield* sharedPolicies(roles);
  },
};

function of({ attachments }: RoleModel, ...how: How[]): readonly Attachment[] {
  return attachments.filter((attachment) => how.includes(attachment.how));
}

function* inline(role: RoleModel): Generator<StackFinding> {
  const { urn, props } = role.resource;
  const single = of(role, "RolePolicy");
  const exclusive = of(role, "RolePoliciesExclusive");
  const names = single.map(({ resource }) => resource.props.name);
  const listed = exclusive.flatMap(({ resource }) => asArray(resource.props.policyNames));
  // What the provider reads back of the other resources' policies isn't a second owner.
  const own = asArray(props.inlinePolicies).filter(
    (each) => isRecord(each) && each.policy !== undefined && ![...names, ...listed, unknown].includes(each.name),
  );
  if (own.length > 0 && !names.includes(unknown) && single.length + exclusive.length > 0) {
    const others = [...single, ...exclusive].map(
      ({ resource }) => `${resource.type.split(":").at(-1)} ${resource.name}`,
    );
    const fix = "move the documents of inlinePolicies into RolePolicy resources";
    yield { urn, message: `inlinePolicies owns the role's inline policies, and so does ${others.join(", ")}`, fix };
  }
  if (exclusive.length > 1) yield several(exclusive);
  if (exclusive.length === 0 || listed.includes(unknown)) return;
  for (const { resource } of single) {
    const { name } = resource.props;
    if (typeof name !== "string" || listed.includes(name)) continue;
    const message = `RolePoliciesExclusive of the role doesn't list "${name}" and removes it`;
    yield { urn: resource.urn, message, fix: `add "${name}" to its policyNames` };
  }
}

function* managed(role: RoleModel): Generator<StackFinding> {
  const { urn, props } = role.resource;
  const single = of(role, "RolePolicyAttachment", "PolicyAttachment");
  const exclusive = of(role, "RolePolicyAttachmentsExclusive");
  const arns = single.map(({ resource }) => resource.props.policyArn);
  const listed = exclusive.flatMap(({ resource }) => asArray(resource.props.policyArns));
  const own = asArray(props.managedPolicyArns).filter(
    (arn) => typeof arn === "string" && ![...arns, ...listed].includes(arn),
  );
  if (own.length > 0 && !arns.includes(unknown) && single.length + exclusive.length > 0) {
    const others = [...single, ...exclusive].map(
      ({ resource }) => `${resource.type.split(":").at(-1)} ${resource.name}`,
    );
    const fix = "attach each policy by a RolePolicyAttachment, and drop managedPolicyArns";
    yield { urn, message: `managedPolicyArns owns the role's attachments, and so does ${others.join(", ")}`, fix };
  }
  if (exclusive.length > 1) yield several(exclusive);
  if (exclusive.length === 0 || listed.includes(unknown)) return;
  for (const { resource } of single) {
    const { policyArn } = resource.props;
    if (typeof policyArn !== "string" || listed.includes(policyArn)) continue;
    const message = `RolePolicyAttachmentsExclusive of the role doesn't list ${policyArn} and detaches it`;
    yield { urn: resource.urn, message, fix: "add it to its policyArns" };
  }
}

function several(exclusive: readonly Attachment[]): StackFinding {
  const [first, second] = exclusive as [Attachment, Attachment];
  const message = `${first.resource.name} owns the same role's policies exclusively, too`;
  return { urn: second.resource.urn, message, fix: "keep one of them, with all that the role needs" };
}

/** PolicyAttachment detaches its policy from everybody whom it doesn't list. */
function* sharedPolicies(roles: readonly RoleModel[]): Generator<StackFinding> {
  const all = new Set(roles.flatMap(({ attachments }) => attachments));
  const byResource = new Map([...all].map((attachment) => [attachment.resource.urn + attachment.how, attachment]));
  const attachments = [...byResource.values()];
  for (const { resource, how, arns, documents } of attachments) {
    if (how !== "PolicyAttachment") continue;
    const other = attachments.find(
      (each) =>
        each.resource !== resource &&
        (each.arns.some((arn) => arns.includes(arn)) ||
          each.documents.some((document) => documents.includes(document))),
    );
    if (!other) continue;
    const message = `it owns the policy's attachments in the whole account, and ${other.resource.name} attaches the same policy`;
    yield { urn: resource.urn, message, fix: "use RolePolicyAttachment for each role" };
  }
}
