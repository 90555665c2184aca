import { placeholders } from "../../../components/orchestration/checkDefinition";
import { orchestration } from "../../../components/orchestration/definition";
import type { FlowSettings } from "../../../components/orchestration/settings";
import type { Definition } from "../../../components/orchestration/states/types";
import { documentedFlow } from "../../../tools/diagrams";

export const flow: FlowSettings = { ...documentedFlow, overlap: "skip" };

export function definitionOf(settings: Partial<FlowSettings> = {}): Definition {
  return orchestration({ ...flow, ...settings }, placeholders).definition;
}
