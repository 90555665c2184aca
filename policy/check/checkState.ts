/** Judges all resources of a stack, from its state or a preview, with every rule of the pack. */
import type { Resource, Rule } from "../model/rule";
import { defaultSettings } from "../model/settings";
import { readStateFile, type StateResource } from "../model/stateFile";
import { levelOf, noConfig, type PackConfig } from "../pack/configFile";
import { judgeResource, judgeStack } from "../pack/judge";
import { nameOf } from "../pack/state";
import { type FileReport, type Judged, reportedAll } from "./checkDocument";

/** @throws StateFileError where the text is neither a state nor a preview */
export function judgeState(
  file: string,
  text: string,
  { rules, config = noConfig }: { readonly rules: readonly Rule[]; readonly config?: PackConfig },
): Judged[] {
  const resources = readStateFile(file, text).map(resourceOf);
  return rules
    .filter((rule) => levelOf(rule, config) !== "disabled")
    .map((rule) => {
      const { settings = defaultSettings, exemptions = [] } = config.rules[rule.name] ?? {};
      const violations =
        rule.scope === "stack"
          ? judgeStack(rule, resources, settings)
          : resources.flatMap((resource) => judgeResource(rule, resource, settings));
      return { rule, violations, exemptions };
    });
}

export function checkState(
  file: string,
  text: string,
  { rules, config = noConfig }: { readonly rules: readonly Rule[]; readonly config?: PackConfig },
): FileReport {
  const violations = reportedAll(judgeState(file, text, { rules, config }), config, nameOf);
  return { file, violations, notEvaluated: [] };
}

/** What the program says counts; what only the cloud knows stands beside it, as for `pulumi policy analyze`. */
function resourceOf({ type, urn, inputs, outputs, parent, dependencies }: StateResource): Resource {
  const props = { ...outputs, ...inputs };
  return { type, urn, name: nameOf({ urn }), props, dependencies, ...(parent ? { parent } : {}) };
}
