import { join } from "node:path";
import { FivetranConnector } from "pulumi-data-pipelines/fivetran-connector";

const connector = new FivetranConnector("people", {
  entry: join(__dirname, "connector.ts"),
  externalId: "delivered_ample", // Fivetran's setup form shows it
});

export const pasteIntoFivetran = connector.fivetranForm;
