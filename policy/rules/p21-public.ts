import type { Statement } from "../iam/document";
import { documentPolicy } from "./rule";

/** Condition keys that tie a `*` principal to someone in particular. */
const narrowing = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalorgid",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceorgid",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:userid",
  "kms:calleraccount",
]);

/** P21: a resource policy or a trust for everybody. */
export const publicPolicy = documentPolicy({
  id: "P21",
  name: "iam-no-public-resource-policy",
  why: "A policy for the principal * lets every AWS account, or everybody, in.",
  check: ({ kind, statements }) =>
    kind === "identity"
      ? []
      : statements
          .filter((s) => s.effect === "Allow" && isEverybody(s) && !isNarrowed(s))
          .map((s) => `statement ${s.label} allows the principal "*"; name the principals, or add aws:SourceAccount`),
});

function isEverybody({ principals }: Statement): boolean {
  return Object.values(principals ?? {}).some((of) => of.includes("*"));
}

function isNarrowed({ conditions }: Statement): boolean {
  return Object.entries(conditions).some(
    ([operator, keys]) =>
      /^(ForAnyValue:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)$/.test(operator) &&
      Object.entries(keys).some(([key, values]) => narrowing.has(key) && values.length > 0 && !values.includes("*")),
  );
}
