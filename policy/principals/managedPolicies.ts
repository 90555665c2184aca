/** Managed policies that resources attach to principals, and which of AWS's own are as good as the account. */
import type { Resource } from "../model/rule";
import type { Settings } from "../model/settings";
import { asArray } from "../model/shape";

/** Type → the property with one ARN or several. */
const attaching: Readonly<Record<string, string>> = {
  "aws:iam/role:Role": "managedPolicyArns",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
  "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns",
  "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "policyArns",
  "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "policyArns",
  "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
  "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive": "managedPolicyArns",
};

export const attachingTypes: readonly string[] = Object.keys(attaching);

export interface AttachedArn {
  /** Property path. */
  readonly path: string;
  readonly arn: string;
}

/** The ARNs that are known. */
export function policiesAttachedBy({ type, props }: Pick<Resource, "type" | "props">): AttachedArn[] {
  const property = attaching[type];
  if (property === undefined) return [];
  const value = props[property];
  return asArray(value).flatMap((arn, i) =>
    typeof arn === "string" ? [{ path: Array.isArray(value) ? `${property}[${i}]` : property, arn }] : [],
  );
}

/** The name of a policy of AWS's own, without its path; undefined for the account's own. */
export function awsManaged(arn: string): string | undefined {
  return /^arn:[^:]+:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
}

const powerful = new Set([
  "AdministratorAccess",
  "AdministratorAccess-Amplify",
  "AdministratorAccess-AWSElasticBeanstalk",
  "PowerUserAccess",
  "SystemAdministrator",
  "DataScientist",
  "DatabaseAdministrator",
  "NetworkAdministrator",
]);

/** Whether it gives the account, or all of a service. */
export function isPowerful(name: string): boolean {
  return powerful.has(name) || /FullAccess(V\d+)?$/i.test(name);
}

/** Whether who has it can give themselves everything. */
export function isAdministrator(arn: string): boolean {
  return ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"].includes(awsManaged(arn) ?? "");
}

export function isAllowed(arn: string, { allowedManagedPolicies }: Settings): boolean {
  return allowedManagedPolicies.includes(arn) || allowedManagedPolicies.includes(awsManaged(arn) ?? arn);
}
