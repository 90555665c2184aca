import type { ResourceRule } from "../../model/rule";
import {
  attachingTypes,
  awsManaged,
  isAllowed,
  isPowerful,
  policiesAttachedBy,
} from "../../principals/managedPolicies";

const attachment = { type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", name: "attachment" };

/** P19: AWS-managed policies that are, or soon become, the whole account. */
export const powerfulManagedPolicies: ResourceRule = {
  id: "P19",
  name: "iam-no-powerful-managed-policy",
  title: "No administrator or full-access policies of AWS",
  level: "mandatory",
  severity: "critical",
  why: "AdministratorAccess and its likes give every permission of the account or of a service, and AWS adds to them.",
  details:
    "Refused are, wherever a policy is attached (roles, users, groups, permission sets): AdministratorAccess, AdministratorAccess-Amplify, " +
    "AdministratorAccess-AWSElasticBeanstalk, PowerUserAccess, IAMFullAccess, the job functions SystemAdministrator, DataScientist, DatabaseAdministrator and NetworkAdministrator, " +
    "and every policy of AWS whose name ends in FullAccess (AmazonS3FullAccess, AWSLambda_FullAccess). All others of AWS's are rule P35, which advises. " +
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
      if (name === undefined || !isPowerful(name) || isAllowed(arn, settings)) continue;
      const message = `${path} is AWS's ${name}`;
      yield { message, fix: "attach a policy of your own with the actions and resources that the code needs" };
    }
  },
};
