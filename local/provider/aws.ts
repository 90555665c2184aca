/** Stands in for Pulumi's `aws` plugin: started by the engine as `pulumi-resource-aws`. */
import { main } from "@pulumi/pulumi/provider";
import { endWithParent } from "../processes/endWithParent";
import { region } from "./aws/clients";
import { functions, resources } from "./aws/registry";
import { LocalProvider } from "./core/provider";
import { versionOf } from "./core/version";

const provider = new LocalProvider({
  name: "aws",
  version: versionOf("@pulumi/aws"),
  folder: "local/provider/aws",
  resources,
  functions,
  common: { region },
});

endWithParent();
void main(provider, process.argv.slice(2));
