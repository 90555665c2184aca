import type { DocumentRule } from "../../model/rule";
import { conditionMistakes } from "../../validity/conditionMistakes";

const statement = { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::orders/*" };

/** P26: conditions that IAM takes and that don't do what was meant. */
export const conditionUse: DocumentRule = {
  id: "P26",
  name: "iam-conditions-that-hold",
  title: "Conditions that do what was meant",
  level: "advisory",
  severity: "medium",
  why: "The condition looks like a restriction and lets others through, or keeps everybody out.",
  details:
    "Reported are: ForAllValues or ForAnyValue on a key with a single value; ForAllValues in an Allow without a Null test of the " +
    "same key, since it is true of a request without the key; StringLike and StringNotLike without a wildcard (other than in a trust of Cognito, which writes it so), StringEquals and StringNotEquals with " +
    "one, which is plain text there; address ranges that hold every address; IfExists in an Allow on a key that restricts who, from where or for whom " +
    "(`aws:SourceArn`, `aws:PrincipalOrgID`, `iam:PassedToService`, `sts:ExternalId`, tags, …), since the request may lack it; " +
    "an Allow all of whose conditions are negations, since a request without the key passes; a Deny of " +
    "`Bool aws:MultiFactorAuthPresent false`, which spares access keys (BoolIfExists doesn't).",
  sources: ["IAM Access Analyzer: policy validation", "AWS IAM user guide: condition operators", "parliament"],
  wrong: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [{ ...statement, Condition: { StringEquals: { "aws:PrincipalTag/team": "data-*" } } }],
    },
  },
  right: {
    kind: "identity",
    document: {
      Version: "2012-10-17",
      Statement: [{ ...statement, Condition: { StringLike: { "aws:PrincipalTag/team": "data-*" } } }],
    },
  },
  scope: "document",
  kinds: ["identity", "trust", "resource", "guardrail"],
  *check({ document }) {
    for (const each of document.statements) {
      for (const [message, fix] of conditionMistakes(each)) yield { statement: each.label, message, fix };
    }
  },
};
