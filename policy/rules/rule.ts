import type { ResourceValidationPolicy } from "@pulumi/policy";
import { type FoundDocument, findDocuments } from "../iam/locations";

/** A rule that looks at each policy document of each resource. */
export interface DocumentRule {
  /** Row of the requirements, for example `P1`. */
  readonly id: string;
  /** Name in Pulumi's output, for example `iam-no-administrator`. */
  readonly name: string;
  /** One line: why it matters. */
  readonly why: string;
  /** Violations: the statement, what offends, and what to write instead. */
  readonly check: (document: FoundDocument) => readonly string[];
}

/** Makes the CrossGuard policy of a document rule. */
export function documentPolicy(rule: DocumentRule): ResourceValidationPolicy {
  return {
    name: rule.name,
    description: `${rule.id}: ${rule.why}`,
    enforcementLevel: "mandatory",
    validateResource: (resource, report) => {
      for (const document of findDocuments(resource.type, resource.props)) {
        for (const violation of rule.check(document)) report(`${document.path}: ${violation} [${rule.id}]`);
      }
    },
  };
}
