/** Turns a rule's fix into a CrossGuard remediation, which changes the resource before it is made. */
import type { ResourceRemediation } from "@pulumi/policy";
import type { Resource, ResourceRule, Rule } from "../model/rule";
import { holdsUnknown, watched } from "../model/unknown";
import type { RuleConfig } from "./config";
import { isExpired, isFor, today } from "./exemptions";
import { judgeResource } from "./judge";
import { singleResource } from "./resources";
import type { PackState } from "./state";

/** Undefined for a rule that mends nothing. */
export function remediation(rule: Rule, state: PackState): ResourceRemediation | undefined {
  const mend = mendOf(rule);
  if (!mend) return undefined;
  return (args) => {
    const config = state.configOf(rule, () => args.getConfig());
    if (!mend.types.includes(args.type)) return undefined;
    const resource = singleResource(args);
    if (isExempted(rule, resource, config, state)) return undefined;
    const unread = new Set<string>();
    const props = watched(resource.props, "", unread) as Resource["props"];
    const isLate = mend.remediate({ ...resource, props }, config.settings) === undefined && unread.size > 0;
    const mended = mend.remediate(resource, config.settings);
    // With a part that isn't known yet, it is mended by the update.
    const isPostponed = isLate || holdsUnknown(mended);
    state.postpone(rule, args.urn, isPostponed);
    if (mended === undefined || isPostponed) return undefined;
    // Into the SDK's own object, so that unknown values and secrets of the others stay what they are.
    for (const [key, value] of Object.entries(mended)) args.props[key] = value;
    return args.props;
  };
}

function mendOf(rule: Rule): Required<Pick<ResourceRule, "types" | "remediate">> | undefined {
  if (rule.scope === "stack") return rule.mend;
  return rule.scope === "resource" && rule.remediate ? { types: rule.types, remediate: rule.remediate } : undefined;
}

/** What is exempted stays as it is. Of a rule on the stack there are no findings yet: the resource decides alone. */
function isExempted(rule: Rule, resource: Resource, config: RuleConfig, state: PackState): boolean {
  if (rule.scope !== "stack") {
    const found = judgeResource(rule, resource, config.settings);
    return found.length > 0 && state.violations(found, config).length === 0;
  }
  return config.exemptions.some((each) => !isExpired(each, today()) && isFor(each, resource));
}
