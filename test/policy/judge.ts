import { readDocument } from "../../policy/document/readDocument";
import type { DocumentRule, Example, Resource, Rule } from "../../policy/model/rule";
import { defaultSettings, type Settings } from "../../policy/model/settings";
import {
  judgeDocument,
  judgeFile,
  judgeResource,
  judgeStack,
  messageOf,
  type Violation,
} from "../../policy/pack/judge";

/** What a rule finds in an example. */
export function judgeExample(rule: Rule, example: Example, settings: Settings = defaultSettings): Violation[] {
  if (example.document !== undefined) {
    const { kind = "identity", service } = example;
    const document = readDocument(JSON.stringify(example.document));
    return judgeFile(rule, { path: "policy", kind, ...(service ? { service } : {}), document }, settings);
  }
  const resources = resourcesOf(example);
  if (rule.scope === "stack") return judgeStack(rule, resources, settings);
  return resources.flatMap((resource) => judgeResource(rule, resource, settings));
}

/** The resources of an example; a resource's URN is its name. */
export function resourcesOf({ resources = [] }: Example): Resource[] {
  const names = new Set(resources.map(({ name }) => name));
  return resources.map(({ type, name, props, dependencies = {} }) => {
    for (const of of Object.values(dependencies).flat()) {
      if (!names.has(of)) throw new Error(`the example names a resource that it doesn't have: ${of}`);
    }
    return { type, name, urn: name, props, dependencies };
  });
}

/** Messages that a document rule gives for the statements of one document. */
export function messages(rule: DocumentRule, kind: "identity" | "trust" | "resource", document: unknown): string[] {
  const found = { path: "policy", kind, document: readDocument(document) };
  return judgeDocument(rule, found, defaultSettings).map(messageOf);
}
