/** What `pulumi-data-pipelines/fivetran-connector` gives; the kit to write one with is `pulumi-data-pipelines/connector-kit`. */
export type { FivetranConnectorArgs } from "./args";
export { FivetranConnector } from "./fivetranConnector";
