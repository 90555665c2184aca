import { awsManaged } from "../../catalogue/managedPolicies";
import type { ResourceRule } from "../../model/rule";
import { attachingTypes, isAllowed, policiesAttachedBy, refusalOf } from "../../principals/managedPolicies";

const attachment = { type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", name: "attachment" };

/** P35: the advisory half of P19, since a rule has one level. */
export const ownPolicies: ResourceRule = {
  id: "P35",
  name: "iam-own-policies",
  title: "Policies of one's own rather than AWS's",
  level: "advisory",
  severity: "medium",
  why: "AWS's managed policies are written for every customer: they allow * where the code needs one resource, and change without you.",
  details:
    "An AWS-managed policy that rule P19 doesn't refuse (AWSLambdaBasicExecutionRole, AmazonECSTaskExecutionRolePolicy) is reported, wherever it is attached, " +
    "unless `allowedManagedPolicies` has its name or ARN.",
  sources: ["cdk-nag AwsSolutions-IAM4"],
  wrong: {
    resources: [
      {
        ...attachment,
        props: { role: "loader", policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole" },
      },
    ],
  },
  right: {
    resources: [
      { ...attachment, props: { role: "loader", policyArn: "arn:aws:iam::111122223333:policy/loader-logs" } },
    ],
  },
  scope: "resource",
  types: attachingTypes,
  *check(resource, settings) {
    for (const { path, arn } of policiesAttachedBy(resource)) {
      const name = awsManaged(arn);
      if (name === undefined || refusalOf(name) || isAllowed(arn, settings)) continue;
      const fix =
        "write a policy with these actions on the resources that the code uses, or put it into allowedManagedPolicies";
      yield { message: `${path} is AWS's ${name}`, fix };
    }
  },
};
