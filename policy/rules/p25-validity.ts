import { documentPolicy } from "./rule";

/** P25: a document that IAM would refuse, said before the update rather than by it. */
export const validity = documentPolicy({
  id: "P25",
  name: "iam-valid-document",
  why: "A document that can't be read grants nothing, or not what was meant.",
  check: ({ error }) => (error ? [`the policy document can't be read: ${error.message}`] : []),
});
