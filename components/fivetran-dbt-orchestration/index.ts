/** What `pulumi-data-pipelines/fivetran-dbt-orchestration` gives. */
export type {
  FivetranDbtOrchestrationArgs,
  OrchestrationDbtArgs,
  OrchestrationNetworkArgs,
  OrchestrationScheduleArgs,
} from "./args";
export { FivetranDbtOrchestration } from "./fivetranDbtOrchestration";
