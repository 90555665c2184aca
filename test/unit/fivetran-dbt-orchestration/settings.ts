import { orchestration, placeholders } from "../../../components/fivetran-dbt-orchestration/definition";
import type { FlowSettings } from "../../../components/fivetran-dbt-orchestration/settings";
import type { Definition } from "../../../components/parts/asl/types";
import { documentedFlow } from "../../../tools/diagrams";

export const flow: FlowSettings = { ...documentedFlow, overlap: "skip" };

export function definitionOf(settings: Partial<FlowSettings> = {}): Definition {
  return orchestration({ ...flow, ...settings }, placeholders).definition;
}
