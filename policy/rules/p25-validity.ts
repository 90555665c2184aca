import type { DocumentRule } from "./rule";

const statement = { Sid: "Read", Effect: "Allow", Resource: "arn:aws:s3:::orders/*" };

/** P25: a document that IAM would refuse or read otherwise, said before the update rather than by it. */
export const validity: DocumentRule = {
  id: "P25",
  name: "iam-valid-document",
  title: "Valid documents",
  level: "mandatory",
  severity: "medium",
  why: "A document that can't be read, or names what AWS doesn't have, grants nothing, or not what was meant.",
  details: "What IAM would refuse, or silently read otherwise than was meant.",
  sources: ["parliament", "IAM Access Analyzer: policy validation"],
  wrong: {
    kind: "identity",
    document: { Version: "2012-10-17", Statement: [{ ...statement, Actions: "s3:GetObject" }] },
  },
  right: {
    kind: "identity",
    document: { Version: "2012-10-17", Statement: [{ ...statement, Action: "s3:GetObject" }] },
  },
  scope: "document",
  kinds: ["identity", "trust", "resource"],
  *check({ document }) {
    yield* document.problems;
  },
};
