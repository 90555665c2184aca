/**
 * P31: tells which parts of a resource no rule could judge, because only the update knows them. The rules themselves
 * are silent on those parts and judge the others.
 */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { findDocuments } from "../document/locations";
import { isForeign } from "../forms/forms";
import type { Resource } from "../model/rule";
import { holdsUnknown, watched } from "../model/unknown";
import { explained, readOnce, readStack } from "./judge";
import { concerns } from "./resources";
import { nameOf, type PackState } from "./state";

export const notEvaluatedNames = ["policy-not-evaluated", "policy-not-evaluated-stack"] as const;

const again = `It is judged again by the update, or by \`pulumi policy analyze\` afterwards ${explained("P31")}`;

export function notEvaluatedPolicies(state: PackState): [ResourceValidationPolicy, StackValidationPolicy] {
  const text = { enforcementLevel: "advisory", severity: "low" } as const;
  return [
    {
      ...text,
      name: notEvaluatedNames[0],
      description: "P31: What couldn't be judged yet",
      validateResource: (args, report) => {
        if (!state.rules.some((rule) => rule.scope !== "stack" && concerns(rule, args.type))) return;
        const parts = unknownParts(state.resource(args), state);
        if (parts.length > 0) report(`not evaluated, because only the update knows it: ${listed(parts)}. ${again}`);
      },
    },
    {
      ...text,
      name: notEvaluatedNames[1],
      description: "P31: What couldn't be judged yet in the stack as a whole",
      validateStack: (args, report) => {
        const resources = state.stack(args);
        const late = unknownInStack(resources, state);
        if (late !== undefined) report(`${late}. ${again}`);
        const mending = state.takePostponed();
        if (mending !== undefined) report(`${mending}, which knows what for. ${again}`);
        const unread = unreadInStack(resources);
        if (unread !== undefined) report(unread);
      },
    },
  ];
}

/** Property paths that a rule wanted to read. */
export function unknownParts(resource: Resource, state: PackState): string[] {
  if (!holdsUnknown(resource.props)) return [];
  const whole = unreadableYet(resource);
  if (whole !== undefined) return [whole];
  return [...new Set(readOnce(resource).resources.flatMap((each) => partsOf(each, state)))];
}

/** Of a resource that holds others, the text that they stand in. */
function unreadableYet({ type, props }: Resource): string | undefined {
  if (!isForeign(type)) return undefined;
  return ["templateBody", "desiredState", "properties"].find((property) => holdsUnknown(props[property]));
}

function partsOf(resource: Resource, state: PackState): string[] {
  const { origin } = resource;
  if (origin?.isTemplate) return [];
  const parts = new Set<string>();
  for (const { path, document } of findDocuments(resource.type, resource.props)) {
    for (const part of document.unknown) parts.add(part === "document" ? path : `${path}: ${part}`);
  }
  for (const rule of state.rules) {
    const onResource = rule.scope === "document" ? rule.beside : rule.scope === "resource" ? rule : undefined;
    if (!onResource?.types.includes(resource.type) || !state.isOn(rule)) continue;
    const props = watched(resource.props, "", parts) as Resource["props"];
    for (const _ of onResource.check({ ...resource, props }, state.settingsOf(rule)));
  }
  return [...parts].map((part) => origin?.path(part) ?? part);
}

/** One message for the stack: which resources the rules on it couldn't read whole. */
export function unknownInStack(resources: readonly Resource[], state: PackState): string | undefined {
  if (!resources.some(({ props }) => holdsUnknown(props))) return undefined;
  const unread = new Set<string>();
  const rules = state.rules.filter((rule) => {
    if (rule.scope !== "stack" || !state.isOn(rule)) return false;
    const before = new Set<string>();
    const watching = readStack(resources).map((resource): Resource => {
      if (!holdsUnknown(resource.props) || resource.origin?.isTemplate) return resource;
      const parts = { add: () => before.add(nameOf(resource)) };
      return { ...resource, props: watched(resource.props, "", parts) as Resource["props"] };
    });
    for (const _ of rule.check(watching, state.settingsOf(rule)));
    for (const name of before) unread.add(name);
    return before.size > 0;
  });
  if (rules.length === 0) return undefined;
  const ids = rules.map(({ id }) => id).join(", ");
  return `${ids} could not read all of ${listed([...unread])}, because only the update knows it`;
}

/** What no rule can read, in one message for the whole stack. */
export function unreadInStack(resources: readonly Resource[]): string | undefined {
  const reasons = new Map<string, string[]>();
  for (const resource of resources) {
    for (const reason of new Set(readOnce(resource).unread)) {
      reasons.set(reason, [...(reasons.get(reason) ?? []), nameOf(resource)]);
    }
  }
  if (reasons.size === 0) return undefined;
  const told = [...reasons].map(([reason, names]) => `${listed(names)} (${reason})`);
  return `not read, so that policies and environments in it aren't judged: ${listed(told)}. Check the template or document by itself with \`data-pipelines-policy check\` ${explained("P31")}`;
}

function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, 10);
  const left = texts.length - shown.length;
  return `${shown.join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
}
