import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ConstructResult } from "@pulumi/pulumi/provider";
import { divide } from "./cidr";
import { refuseUnknown, settled } from "./inputs";
import { kinds, type Layout, makeSubnets } from "./subnets";

const type = "awsx:ec2:Vpc";
const own = ["assignGeneratedIpv6CidrBlock", "enableDnsHostnames", "enableDnsSupport", "instanceTenancy"];
const shaping = [
  "availabilityZoneNames",
  "cidrBlock",
  "natGateways",
  "numberOfAvailabilityZones",
  "subnetSpecs",
  "subnetStrategy",
  "tags",
  "vpcEndpointSpecs",
];

interface Spec {
  readonly type: "Private" | "Public" | "Isolated";
  readonly name?: string;
  readonly cidrMask?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

type Endpoint = Omit<aws.ec2.VpcEndpointArgs, "vpcId"> & { readonly name: string };

export async function constructVpc(
  name: string,
  inputs: pulumi.Inputs,
  options: pulumi.ComponentResourceOptions,
): Promise<ConstructResult> {
  refuseUnknown(type, inputs, [...own, ...shaping]);
  const component = new pulumi.ComponentResource(type, name, {}, options);
  const parent = { parent: component };
  const tags = inputs.tags as aws.ec2.VpcArgs["tags"];
  const cidrBlock = (await settled<string>(type, "cidrBlock", inputs.cidrBlock)) ?? "10.0.0.0/16";
  const layout = await layoutOf(inputs, cidrBlock, component);
  const vpc = new aws.ec2.Vpc(name, { ...pick(inputs), cidrBlock, tags: named(name, tags) }, parent);
  const inVpc = { parent: vpc, dependsOn: [vpc] };
  const gateway = new aws.ec2.InternetGateway(name, { vpcId: vpc.id, tags: named(name, tags) }, inVpc);
  const nat = await settled<{ strategy: string }>(type, "natGateways", inputs.natGateways);
  const strategy = nat?.strategy ?? "OnePerAz";
  const made = makeSubnets({ name, vpc, gateway, layout, strategy, tags });
  const endpoints = (await settled<readonly Endpoint[]>(type, "vpcEndpointSpecs", inputs.vpcEndpointSpecs)) ?? [];
  const vpcEndpoints = endpoints.map(
    ({ name: own, ...args }) => new aws.ec2.VpcEndpoint(`${name}-${own}`, { ...args, vpcId: vpc.id }, inVpc),
  );
  const ids = Object.fromEntries(kinds.map((kind) => [`${kind}SubnetIds`, made.subnets[kind].map(({ id }) => id)]));
  const state = {
    ...ids,
    vpcId: vpc.id,
    vpc,
    internetGateway: gateway,
    subnets: kinds.flatMap((kind) => made.subnets[kind]),
    publicSubnets: made.subnets.public,
    privateSubnets: made.subnets.private,
    isolatedSubnets: made.subnets.isolated,
    ...made.rest,
    vpcEndpoints,
    subnetLayout: [],
  };
  return { urn: component.urn, state };
}

async function layoutOf(inputs: pulumi.Inputs, cidrBlock: string, parent: pulumi.Resource): Promise<Layout[]> {
  const names = await settled<readonly string[]>(type, "availabilityZoneNames", inputs.availabilityZoneNames);
  const count = (await settled<number>(type, "numberOfAvailabilityZones", inputs.numberOfAvailabilityZones)) ?? 3;
  const zones = names ?? (await aws.getAvailabilityZones({}, { parent })).names.slice(0, count);
  const given = await settled<readonly Spec[]>(type, "subnetSpecs", inputs.subnetSpecs);
  const specs: readonly Spec[] = given ?? [{ type: "Private" }, { type: "Public" }];
  const blocks = divide(cidrBlock, zones.length, specs);
  return zones.map((zone, index) => ({
    zone,
    subnets: specs.map((spec, at) => ({
      kind: spec.type.toLowerCase() as Layout["subnets"][number]["kind"],
      name: spec.name ?? spec.type.toLowerCase(),
      cidrBlock: blocks[index]?.[at] ?? "",
      tags: spec.tags,
    })),
  }));
}

function pick(inputs: pulumi.Inputs): Partial<aws.ec2.VpcArgs> {
  return Object.fromEntries(own.map((name) => [name, inputs[name]]).filter(([, value]) => value !== undefined));
}

/** The tag `Name` shows in AWS's console. */
function named(name: string, tags: aws.ec2.VpcArgs["tags"]): aws.ec2.VpcArgs["tags"] {
  return pulumi.output(tags).apply((given) => ({ Name: name, ...given }));
}
