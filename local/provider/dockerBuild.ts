/** Stands in for Pulumi's `docker-build` plugin: started by the engine as `pulumi-resource-docker-build`. */
import { main } from "@pulumi/pulumi/provider";
import { endWithParent } from "../processes/endWithParent";
import { LocalProvider } from "./core/provider";
import { versionOf } from "./core/version";
import { image } from "./dockerBuild/image";

const provider = new LocalProvider({
  name: "docker-build",
  version: versionOf("@pulumi/docker-build"),
  folder: "local/provider/dockerBuild",
  resources: [image],
  functions: [],
});

endWithParent();
void main(provider, process.argv.slice(2));
