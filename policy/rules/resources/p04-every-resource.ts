import { unconstrained } from "../../matching/reach";
import type { DocumentRule } from "../../model/rule";
import { onEveryResource } from "../wording";

const statement = { Sid: "Describe", Effect: "Allow", Action: "dynamodb:DescribeTable" };

/** P4: a resource list that leaves nothing out, for actions that could be restricted. */
export const everyResource: DocumentRule = {
  id: "P4",
  name: "iam-no-every-resource",
  title: "Resources are named",
  level: "mandatory",
  severity: "high",
  why: "Whoever takes over the principal reaches every resource of the kind, those of other teams included.",
  details:
    "An Allow statement of an identity document is refused when one of its actions can be restricted to a resource and one " +
    "of its resources covers all that the action takes: `*`, `arn:aws:s3:::*`, or all of a region and account such as " +
    "`arn:aws:sqs:eu-west-1:111122223333:*` or `…:table/*`. Actions that AWS can't restrict may have `*`. " +
    "Conditions count as a restriction when they must hold (no negation, IfExists, ForAllValues or value `*`) and are on a tag " +
    "of the resource (`aws:ResourceTag/…`, `<service>:ResourceTag/…`), on a tag of the request for actions that make " +
    "something (`aws:RequestTag/…`), or on a key that names the resource (`ecs:cluster` for `ecs:StopTask`, " +
    "`lambda:FunctionArn`, `cloudwatch:namespace` for metrics). An action that requires resources of several types is restricted when " +
    "one of them is named (`ec2:RunInstances` on `instance/*` and one subnet). This rule is about all actions; P6, P10 to P13 and P17 " +
    "find the graver of the same statements once more, so that levels and exemptions can tell them apart. An action `*` is P1's alone, NotAction P5's.",
  sources: [
    "checkov CKV_AWS_355, CKV_AWS_356",
    "cloudsplaining",
    "cdk-nag AwsSolutions-IAM5",
    "AWS service authorization reference: resource types",
  ],
  wrong: {
    kind: "identity",
    document: { Version: "2012-10-17", Statement: [{ ...statement, Resource: "*" }] },
  },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [{ ...statement, Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders" }],
    },
  },
  scope: "document",
  kinds: ["identity"],
  absenceOf: ["Condition"],
  *check({ document }) {
    for (const each of document.statements) yield* onEveryResource(each, unconstrained(each));
  },
};
