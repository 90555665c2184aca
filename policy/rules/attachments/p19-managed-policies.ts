import { awsManaged } from "../../catalogue/managedPolicies";
import type { ResourceRule } from "../../model/rule";
import { attachingTypes, isAllowed, policiesAttachedBy, refusalOf } from "../../principals/managedPolicies";

const attachment = { type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", name: "attachment" };

/** P19: AWS-managed policies that are, or soon become, the whole account. */
export const powerfulManagedPolicies: ResourceRule = {
  id: "P19",
  name: "iam-no-powerful-managed-policy",
  title: "No policies of AWS that allow too much",
  level: "mandatory",
  severity: "critical",
  why: "Such a policy gives the account, a service or all data of a kind, to whoever takes over the principal, and AWS adds to it.",
  details:
    "Refused is, wherever it is attached (roles, users, groups, permission sets), a policy of AWS's own that allows what rules P1, P2 on every resource, P8, P10, P11 or P12 " +
    "refuse in a document: nearly every action of AWS, a way of escalation, every action of a service, and on every resource to change permissions, get credentials or read data. " +
    "Pulling images from ECR and lists don't count. Each policy was judged by its document, with the reasons in the message (policy/catalogue/managedPolicies.json, made by `npm run policy:managed`); " +
    "of a policy that is newer than the data, a name that ends in FullAccess counts. All others of AWS's are rule P35, which advises. " +
    "`allowedManagedPolicies` excepts by name or ARN. A permissions boundary grants nothing and isn't looked at.",
  sources: [
    "checkov CKV_AWS_274",
    "prowler iam_role_administratoraccess_policy",
    "cdk-nag AwsSolutions-IAM4",
    "AWS FSBP IAM.1",
  ],
  wrong: {
    resources: [{ ...attachment, props: { role: "loader", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" } }],
  },
  right: {
    resources: [{ ...attachment, props: { role: "loader", policyArn: "arn:aws:iam::111122223333:policy/loader" } }],
  },
  scope: "resource",
  types: attachingTypes,
  *check(resource, settings) {
    for (const { path, arn } of policiesAttachedBy(resource)) {
      const name = awsManaged(arn);
      const because = name === undefined ? undefined : refusalOf(name);
      if (because === undefined || isAllowed(arn, settings)) continue;
      const more = because.length > 1 ? `; ${because.length - 1} more reason(s)` : "";
      const message = `${path} is AWS's ${name}: ${because[0]}${more}`;
      yield { message, fix: "attach a policy of your own with the actions and resources that the code needs" };
    }
  },
};
