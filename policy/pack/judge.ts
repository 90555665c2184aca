/** Applies one rule, wherever its subject comes from: the engine, a file or a test. */
import { type FoundDocument, findDocuments } from "../iam/locations";
import type { DocumentRule, Finding, Resource, ResourceRule, Rule, StackRule } from "../rules/rule";
import type { Settings } from "../rules/settings";

/** A finding and where it is. */
export interface Violation extends Finding {
  readonly rule: Rule;
  /** Property path of the document; undefined where a rule looks at the whole resource. */
  readonly path?: string;
  /** The resource to change; undefined for a file. */
  readonly urn?: string;
}

export function judgeDocument(
  rule: DocumentRule,
  { path, ...found }: FoundDocument,
  settings: Settings,
  type?: string,
): Violation[] {
  if (!rule.kinds.includes(found.kind)) return [];
  const subject = { ...found, ...(type === undefined ? {} : { type }) };
  const isUndecided = ({ statement }: Finding) =>
    found.document.statements.some(
      ({ label, unknown }) => label === statement && rule.absenceOf?.some((member) => unknown.has(member)),
    );
  return [...rule.check(subject, settings)]
    .filter((finding) => !isUndecided(finding))
    .map((finding) => ({ ...finding, rule, path }));
}

/** What rules on documents and on single resources find in one resource. */
export function judgeResource(rule: DocumentRule | ResourceRule, resource: Resource, settings: Settings): Violation[] {
  const { type, props, urn } = resource;
  if (rule.scope === "document") {
    return findDocuments(type, props).flatMap((found) =>
      judgeDocument(rule, found, settings, type).map((violation) => ({ ...violation, urn })),
    );
  }
  if (!rule.types.includes(type)) return [];
  return [...rule.check(resource, settings)].map((finding) => ({ ...finding, rule, urn }));
}

export function judgeStack(rule: StackRule, resources: readonly Resource[], settings: Settings): Violation[] {
  return [...rule.check(resources, settings)].map((finding) => ({ ...finding, rule }));
}

/** For example `policy: statement Read allows s3:* … → list the actions [P2, docs/policies/P2.md]`. */
export function messageOf({ rule, path, statement, message, fix }: Violation): string {
  const where = [path, statement === undefined ? undefined : `statement ${statement}`].filter(Boolean).join(", ");
  return `${where}${where === "" ? "" : ": "}${message}. ${rule.why} Mend: ${fix} [${rule.id}, docs/policies/${rule.id}.md]`;
}
