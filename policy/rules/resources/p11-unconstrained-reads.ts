import { unconstrained } from "../../matching/reach";
import type { DocumentRule } from "../../model/rule";
import { onEveryResource } from "../wording";
import { dataReads } from "./dataReads";

const statement = { Sid: "Read", Effect: "Allow", Action: "secretsmanager:GetSecretValue" };

/** P11: reading all data of a kind. */
export const unconstrainedReads: DocumentRule = {
  id: "P11",
  name: "iam-no-unconstrained-data-reads",
  title: "Data is read from named resources",
  level: "mandatory",
  severity: "critical",
  why: "One stolen credential reads every object, row, secret or message of the account.",
  details:
    "Actions that return what customers keep in a service (the pack's own list: `s3:GetObject`, `ssm:GetParameter*`, " +
    "`secretsmanager:GetSecretValue`, `dynamodb:Query`, `sqs:ReceiveMessage`, `logs:GetLogEvents`, …) are refused in an Allow statement of an " +
    "identity document when they are unconstrained in the sense of P4: on `*` or on all of a region and account, without a " +
    "condition that narrows them. Reading what a service says about itself (`Describe…`, `List…`) is P4's alone.",
  sources: ["cloudsplaining DataExfiltration", "checkov CKV_AWS_108", "AWS service authorization reference"],
  wrong: { kind: "identity", document: { Version: "2012-10-17", Statement: [{ ...statement, Resource: "*" }] } },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [
        { ...statement, Resource: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:fivetran/api-AbCdEf" },
      ],
    },
  },
  scope: "document",
  kinds: ["identity"],
  absenceOf: ["Condition"],
  *check({ document }) {
    for (const each of document.statements) {
      yield* onEveryResource(
        each,
        unconstrained(each).filter(({ action }) => dataReads.has(action.key)),
      );
    }
  },
};
