/** Stands in for Pulumi's `awsx` plugin: started by the engine as `pulumi-resource-awsx`. */
import type * as pulumi from "@pulumi/pulumi";
import { type ConstructResult, main, type Provider } from "@pulumi/pulumi/provider";
import { endWithParent } from "../processes/endWithParent";
import { constructImage } from "./awsx/image";
import { constructRepository } from "./awsx/repository";
import { constructVpc } from "./awsx/vpc";
import { versionOf } from "./core/version";

type Construct = (
  name: string,
  inputs: pulumi.Inputs,
  options: pulumi.ComponentResourceOptions,
) => Promise<ConstructResult>;

/** The components of awsx that the local cloud knows; each makes the children that the real one makes. */
const components: Readonly<Record<string, Construct>> = {
  "awsx:ec2:Vpc": constructVpc,
  "awsx:ecr:Image": constructImage,
  "awsx:ecr:Repository": constructRepository,
};

const version = versionOf("@pulumi/awsx");

const provider: Provider = {
  version,
  async getSchema() {
    return JSON.stringify({ name: "awsx", version });
  },
  async construct(name, type, inputs, options) {
    const known = components[type];
    if (!known) {
      throw new Error(
        `The local cloud doesn't know the component ${type}; add a file for it under local/provider/awsx and name it in local/provider/awsx.ts`,
      );
    }
    return known(name, inputs, options);
  },
};

endWithParent();
void main(provider, process.argv.slice(2));
