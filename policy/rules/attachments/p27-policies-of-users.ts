import type { ResourceRule } from "../../model/rule";
import { asArray } from "../../model/shape";

const policyArn = "arn:aws:iam::111122223333:policy/loader";
const attachment = { type: "aws:iam/policyAttachment:PolicyAttachment", name: "loader" };

/** Type → what attaches something to a user; undefined where the resource as such does. */
const properties: Readonly<Record<string, string | undefined>> = {
  "aws:iam/userPolicy:UserPolicy": undefined,
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": undefined,
  "aws:iam/policyAttachment:PolicyAttachment": "users",
  "aws:iam/userPoliciesExclusive:UserPoliciesExclusive": "policyNames",
  "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "policyArns",
};

/** P27: what users may do belongs to groups and roles. */
export const policiesOfUsers: ResourceRule = {
  id: "P27",
  name: "iam-no-user-policies",
  title: "No policies on users",
  level: "mandatory",
  severity: "medium",
  why: "Users have long-lived keys, and what is attached to each of them is what nobody reviews or takes away.",
  details:
    "UserPolicy and UserPolicyAttachment are refused, as are a PolicyAttachment with `users` and the Exclusive resources of users unless their list is empty (which forbids policies on a user). " +
    "Groups and roles are fine. A user's permissions boundary isn't looked at.",
  sources: [
    "checkov CKV_AWS_40",
    "prowler iam_policy_attached_only_to_group_or_roles",
    "CIS AWS 1.15",
    "AWS FSBP IAM.2",
  ],
  wrong: { resources: [{ ...attachment, props: { users: ["ada"], policyArn } }] },
  right: { resources: [{ ...attachment, props: { roles: ["loader"], policyArn } }] },
  scope: "resource",
  types: Object.keys(properties),
  *check({ type, props }) {
    const property = properties[type];
    const given = asArray(property === undefined ? props.user : props[property]);
    // An unknown list may be empty; a UserPolicy has a user, whoever it is.
    if (property !== undefined && !given.some((each) => typeof each === "string")) return;
    const named = given.filter((each) => typeof each === "string").join(", ");
    const message = `it attaches a policy to ${property === "users" || property === undefined ? `the user ${named}`.trim() : "a user"}`;
    yield { message, fix: "attach it to a role that the user assumes, or to a group" };
  },
};
