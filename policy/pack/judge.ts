/** Applies one rule, wherever its subject comes from: the engine, a file or a test. */

import { findDocuments } from "../document/locations";
import { type Read, readResource } from "../forms/forms";
import type { FoundDocument } from "../model/document";
import type { DocumentRule, Finding, Resource, ResourceRule, Rule, StackRule, Subject } from "../model/rule";
import type { Settings } from "../model/settings";
import { ownAccounts } from "../principals/ownAccounts";
import type { Exemption } from "./exemptions";

/** A finding and where it is. */
export interface Violation extends Finding {
  readonly rule: Rule;
  /** Property path of the document; undefined where a rule looks at the whole resource. */
  readonly path?: string;
  /** The resource to change; undefined for a file. */
  readonly urn?: string;
  /** The exemption that covered it until its last day. */
  readonly expired?: Exemption;
}

export function judgeDocument(
  rule: DocumentRule,
  { path, ...found }: FoundDocument,
  settings: Settings,
  of: Pick<Subject, "type" | "accounts"> = {},
): Violation[] {
  if (!rule.kinds.includes(found.kind)) return [];
  const subject = { ...found, ...of };
  const { absenceOf = [] } = rule;
  const undecided = new Set(
    found.document.statements
      .filter(({ unknown }) => unknown.size > 0 && absenceOf.some((member) => unknown.has(member)))
      .map(({ label }) => label),
  );
  const isUndecided = ({ statement }: Finding) => statement !== undefined && undecided.has(statement);
  return [...rule.check(subject, settings)]
    .filter((finding) => !isUndecided(finding))
    .map((finding) => ({ ...finding, rule, path }));
}

/** What rules on documents and on single resources find in one resource. */
export function judgeResource(rule: DocumentRule | ResourceRule, resource: Resource, settings: Settings): Violation[] {
  const { resources } = readOnce(resource);
  if (resources.length === 1 && resources[0] === resource) return judgeForm(rule, resource, settings);
  return distinct(resources.flatMap((each) => judgeForm(rule, each, settings).map((found) => atOrigin(found, each))));
}

const read = new WeakMap<Resource, Read>();

/** A resource in the words of the `aws` provider. */
export function readOnce(resource: Resource): Read {
  let known = read.get(resource);
  if (!known) {
    known = readResource(resource);
    read.set(resource, known);
  }
  return known;
}

const stacks = new WeakMap<readonly Resource[], readonly Resource[]>();

/** The resources of a stack in the words of the `aws` provider. */
export function readStack(resources: readonly Resource[]): readonly Resource[] {
  let known = stacks.get(resources);
  if (!known) {
    known = resources.flatMap((each) => readOnce(each).resources);
    stacks.set(resources, known);
  }
  return known;
}

function atOrigin(violation: Violation, { origin }: Resource): Violation {
  if (!origin) return violation;
  const path = origin.path(violation.path);
  return { ...violation, urn: origin.urn, ...(path === undefined ? {} : { path }) };
}

/** One document that is attached to roles and to users is one document. */
function distinct(violations: readonly Violation[]): Violation[] {
  const keys = violations.map(({ urn, path, statement, message }) => JSON.stringify([urn, path, statement, message]));
  return violations.filter((_, i) => keys.indexOf(keys[i] as string) === i);
}

function judgeForm(rule: DocumentRule | ResourceRule, resource: Resource, settings: Settings): Violation[] {
  const { type, props, urn } = resource;
  const accounts = [...(resource.accounts ?? []), ...ownAccounts(type, props)];
  if (rule.scope === "document") {
    const inDocuments = findDocuments(type, props).flatMap((found) =>
      judgeDocument(rule, found, settings, { type, accounts }).map((violation) => ({ ...violation, urn })),
    );
    const beside = rule.beside?.types.includes(type) ? [...rule.beside.check(resource, settings)] : [];
    return [...inDocuments, ...beside.map((finding) => ({ ...finding, rule, urn }))];
  }
  if (!rule.types.includes(type)) return [];
  return [...rule.check(resource, settings)].map((finding) => ({ ...finding, rule, urn }));
}

/** What a rule finds in a document that stands in a file, without a stack around it. */
export function judgeFile(rule: Rule, found: FoundDocument, settings: Settings): Violation[] {
  if (rule.scope === "document") return judgeDocument(rule, found, settings);
  if (rule.scope === "resource" || !rule.alone?.kinds.includes(found.kind)) return [];
  return [...rule.alone.check(found, settings)].map((finding) => ({ ...finding, rule, path: found.path }));
}

export function judgeStack(rule: StackRule, resources: readonly Resource[], settings: Settings): Violation[] {
  const all = readStack(resources);
  const violations = [...rule.check(all, settings)].map((finding): Violation => ({ ...finding, rule }));
  if (all.every(({ origin }) => origin === undefined)) return violations;
  const byUrn = new Map(all.map((each) => [each.urn, each]));
  return distinct(
    violations.map((each) => {
      const resource = byUrn.get(each.urn ?? "");
      return resource ? atOrigin(each, resource) : each;
    }),
  );
}

/** Works wherever the pack is installed, whichever repository the program is in. */
export function explained(id: string): string {
  return `[${id}: npx data-pipelines-policy explain ${id}]`;
}

/** For example `policy, statement Read: it allows "s3:*" … Fix: list the s3 actions … [P2: npx data-pipelines-policy explain P2]`. */
export function messageOf({ rule, urn, path, statement, message, fix, expired }: Violation): string {
  const library = madeBy(urn);
  const how = library ? `. ${library} makes it: pass it one of your own, or a transform` : "";
  const lapsed = expired
    ? ` The exemption for ${expired.resource} ended on ${expired.expires} (${expired.reason}).`
    : "";
  return `${whereOf({ path, statement })}${message}.${lapsed} Fix: ${fix}${how} ${explained(rule.id)}`;
}

/** The component of a library that a resource is inside, which the program can't change by itself. */
function madeBy(urn = ""): string | undefined {
  const [, , types = ""] = urn.split("::");
  return types
    .split("$")
    .slice(0, -1)
    .reverse()
    .find((type) => /^(awsx|eks|aws-(?!native:)[\w-]+):/.test(type));
}

/** @param cause the finding on the same statement that it comes of, which says how to fix both */
export function followingMessage(violation: Violation, cause: Violation): string {
  const { rule } = violation;
  return `${whereOf(violation)}comes of what ${cause.rule.id} tells there, and goes with it ${explained(rule.id)}`;
}

function whereOf({ path, statement }: Pick<Violation, "path" | "statement">): string {
  const where = [path, statement === undefined ? undefined : `statement ${statement}`].filter(Boolean).join(", ");
  return where === "" ? "" : `${where}: `;
}
