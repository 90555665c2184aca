/** CrossGuard's remediation from a rule's: what the rule would change is changed before the resource is made. */
import type { ResourceRemediation } from "@pulumi/policy";
import { holdsUnknown } from "../iam/unknown";
import type { ResourceRule } from "../rules/rule";
import { judgeResource } from "./judge";
import { singleResource } from "./resources";
import type { PackState } from "./state";

export function remediation(rule: ResourceRule, state: PackState): ResourceRemediation {
  return (args) => {
    const config = state.configOf(rule, () => args.getConfig());
    if (!rule.types.includes(args.type)) return undefined;
    const resource = singleResource(args);
    // What is exempted stays as it is.
    if (state.violations(judgeResource(rule, resource, config.settings), config).length === 0) return undefined;
    const mended = rule.remediate?.(resource, config.settings);
    // With a part that isn't known yet, it is mended by the update.
    if (mended === undefined || holdsUnknown(mended)) return undefined;
    // Into the SDK's own object, so that unknown values and secrets of the others stay what they are.
    for (const [key, value] of Object.entries(mended)) args.props[key] = value;
    return args.props;
  };
}
