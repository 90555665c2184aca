/** Stands in for Pulumi's `snowflake` plugin: started by the engine as `pulumi-resource-snowflake`. */
import { main } from "@pulumi/pulumi/provider";
import { endWithParent } from "../processes/endWithParent";
import { LocalProvider } from "./core/provider";
import { versionOf } from "./core/version";
import { resources } from "./snowflake/registry";

const provider = new LocalProvider({
  name: "snowflake",
  version: versionOf("@pulumi/snowflake"),
  folder: "local/provider/snowflake",
  resources,
  functions: [],
});

endWithParent();
void main(provider, process.argv.slice(2));
