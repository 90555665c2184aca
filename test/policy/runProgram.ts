/**
 * Runs one of the programs in programs/ without an account, and gives what the engine would have of it: every resource
 * with its parent and with the resources that its properties come from, as a state or as a preview.
 */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { computed } from "../../tools/access/fromProgram";

export const programsFolder = join(__dirname, "programs");
export const account = "000000000000";
const region = "eu-west-1";

const config: Readonly<Record<string, string>> = {
  "aws:region": region,
  "shop:certificateArn": `arn:aws:acm:${region}:${account}:certificate/0f8fad5b-d9cb-469f-a165-70867728950e`,
  "shop:connectionArn": `arn:aws:codestar-connections:${region}:${account}:connection/7c9e6679-7425-40de-944b-e07fc1f90ae7`,
  "shop:domain": "docs.example.com",
  "shop:managementAccount": "222233334444",
  "shop:organizationId": "o-a1b2c3d4e5",
  "shop:partnerAccount": "333344445555",
  "shop:productionAccount": "444455556666",
  "shop:securityGroupIds": JSON.stringify(["sg-0123456789abcdef0"]),
  "shop:subnetIds": JSON.stringify(["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]),
  "shop:toolingAccount": "555566667777",
  "shop:vendorAccount": "666677778888",
  "shop:vendorExternalId": "storefront-5b1f",
  "shop:vpcId": "vpc-0123456789abcdef0",
};

/** What Pulumi sends for a text that isn't known. */
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

interface Registered {
  readonly type: string;
  readonly urn: string;
  readonly parent: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/**
 * @param name of the program's file, without `.ts`
 * @returns JSON as `pulumi stack export` writes it, or `pulumi preview --json`
 */
export async function runProgram(name: string, as: "state" | "preview"): Promise<string> {
  const isPreview = as === "preview";
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name: logical, inputs }) => ({
        id: isPreview ? undefined : `${logical}-1a2b3c4`,
        state: isPreview ? inputs : { ...outputsOf(type, logical, inputs), ...inputs },
      }),
      call: ({ token, inputs }) => answer(token, inputs),
    },
    "shop",
    "test",
    isPreview,
  );
  record(resources);
  pulumi.runtime.setAllConfig(config);
  try {
    const file = require.resolve(join(programsFolder, name));
    delete require.cache[file];
    require(file);
    await pulumi.runtime.disconnect();
  } finally {
    pulumi.runtime.setAllConfig({});
  }
  return JSON.stringify(
    isPreview
      ? { steps: resources.map((newState) => ({ op: "create", newState })) }
      : { version: 3, deployment: { resources } },
  );
}

interface Request {
  getType(): string;
  getParent(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
  getPropertydependenciesMap(): { entries(): Iterable<[string, { getUrnsList(): string[] }]> };
}
interface Response {
  getUrn(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
}
type Register = (request: Request, callback: (error: unknown, response: Response) => void) => void;

/** Mocks hear nothing of parents and dependencies; their monitor does. */
function record(resources: Registered[]): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: Register };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      if (response) {
        resources.push({
          type: request.getType(),
          urn: response.getUrn(),
          parent: request.getParent(),
          inputs: withoutSecrets(request.getObject().toJavaScript()) as Registered["inputs"],
          outputs: withoutSecrets(response.getObject().toJavaScript()) as Registered["outputs"],
          propertyDependencies: Object.fromEntries(
            [...request.getPropertydependenciesMap().entries()].map(([property, of]) => [property, of.getUrnsList()]),
          ),
        });
      }
      callback(error, response);
    });
}

/** A state holds them encrypted. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (entries.some(([, each]) => each === secretSignature)) return unknownText;
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutSecrets(each)]));
}

/** What AWS would make up. */
function outputsOf(type: string, name: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const made = computed(type, name, inputs, region);
  switch (type) {
    case "aws:eks/cluster:Cluster":
      return {
        ...made,
        identities: [{ oidcs: [{ issuer: `https://oidc.eks.${region}.amazonaws.com/id/5D3C9EA8F2B14C07` }] }],
      };
    case "aws:iam/openIdConnectProvider:OpenIdConnectProvider":
      return { arn: `arn:aws:iam::${account}:oidc-provider/${String(inputs.url).replace("https://", "")}` };
    case "aws:cloudfront/distribution:Distribution":
      return { ...made, arn: `arn:aws:cloudfront::${account}:distribution/E1A2B3C4D5E6F7` };
    case "aws:rds/instance:Instance":
      return { ...made, resourceId: "db-ABCDEFGHIJKLMNOP", address: `${name}.abc.${region}.rds.amazonaws.com` };
    case "aws:athena/workgroup:Workgroup":
      return { ...made, arn: `arn:aws:athena:${region}:${account}:workgroup/${name}` };
    case "aws:codebuild/project:Project":
      return { ...made, arn: `arn:aws:codebuild:${region}:${account}:project/${name}` };
    case "aws:opensearch/domain:Domain":
      return { ...made, arn: `arn:aws:es:${region}:${account}:domain/${String(inputs.domainName)}` };
    case "aws:cloudwatch/eventBus:EventBus":
      return { ...made, arn: `arn:aws:events:${region}:${account}:event-bus/${name}` };
    case "aws:kinesis/stream:Stream":
      return { ...made, arn: `arn:aws:kinesis:${region}:${account}:stream/${name}` };
    case "aws:cloudwatch/logDestination:LogDestination":
      return { ...made, arn: `arn:aws:logs:${region}:${account}:destination:${name}` };
    default:
      return made;
  }
}

function answer(token: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: account, arn: `arn:aws:iam::${account}:root`, userId: account };
    case "aws:index/getRegion:getRegion":
      return { region, name: region, id: region };
    case "aws:ec2/getVpc:getVpc":
      return { id: "vpc-0123456789abcdef0", cidrBlock: "172.31.0.0/16" };
    case "aws:ec2/getSubnets:getSubnets":
      return { ids: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"] };
    case "aws:ec2/getAmi:getAmi":
      return { id: "ami-0123456789abcdef0" };
    case "aws:iam/getPolicyDocument:getPolicyDocument":
      return { json: documentOf(inputs.statements as readonly Statement[]) };
    default:
      throw new Error(`a program asks for ${token}, which test/policy/runProgram.ts doesn't answer; add it`);
  }
}

interface Statement {
  readonly sid?: string;
  readonly effect?: string;
  readonly actions?: readonly string[];
  readonly resources?: readonly string[];
  readonly principals?: readonly { readonly type: string; readonly identifiers: readonly string[] }[];
  readonly conditions?: readonly {
    readonly test: string;
    readonly variable: string;
    readonly values: readonly string[];
  }[];
}

/** As the provider writes it: single values without a list, conditions by operator and key. */
function documentOf(statements: readonly Statement[]): string {
  const oneOrMany = (values: readonly string[] | undefined) => (values?.length === 1 ? values[0] : values);
  return JSON.stringify(
    {
      Version: "2012-10-17",
      Statement: statements.map(({ sid, effect = "Allow", actions, resources, principals, conditions = [] }) => {
        const byTest: Record<string, Record<string, unknown>> = {};
        for (const { test, variable, values } of conditions) {
          byTest[test] = { ...byTest[test], [variable]: oneOrMany(values) };
        }
        const isAnybody = principals?.some(({ type }) => type === "*");
        const who = principals?.map(({ type, identifiers }) => [type, oneOrMany(identifiers)]);
        return {
          Sid: sid,
          Effect: effect,
          Principal: isAnybody ? "*" : who && Object.fromEntries(who),
          Action: oneOrMany(actions),
          Resource: oneOrMany(resources),
          Condition: conditions.length > 0 ? byTest : undefined,
        };
      }),
    },
    undefined,
    2,
  );
}
