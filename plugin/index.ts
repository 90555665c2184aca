/** What Pulumi starts for a program that isn't written in TypeScript; see PulumiPlugin.yaml. */
import { main } from "@pulumi/pulumi/provider";
import { DataPipelinesProvider } from "./provider";

void main(new DataPipelinesProvider(), process.argv.slice(2));
