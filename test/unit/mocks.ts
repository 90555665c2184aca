import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** A resource as the program asked for it, inputs in plain form. */
export interface MockResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A component or resource as it was registered: its place in the graph and what keeps it from being deleted. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  /** Parents from the stack down, `name` joined by `/`; empty directly under the stack. */
  readonly parent: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
}

export interface MockOptions {
  /** @default "data-pipelines" */
  readonly project?: string;
  /** @default "test" */
  readonly stack?: string;
  /** True: ids and everything the provider computes are unknown, as in a first preview. @default false */
  readonly preview?: boolean;
  /** Outputs that the provider computes, by resource. */
  readonly computed?: (resource: MockResource) => Record<string, unknown>;
  /** Answers of functions in place of the usual ones, by token. */
  readonly calls?: Readonly<Record<string, Record<string, unknown>>>;
}

/** What a program asked for, and what it returned. */
export interface MockRun<T> {
  readonly resources: readonly MockResource[];
  readonly registrations: readonly Registration[];
  readonly result: T;
  /** All resources of a type, for example `aws:s3/bucket:Bucket`. */
  ofType(type: string): readonly MockResource[];
  /** @throws Error when there is none or several */
  named(name: string): MockResource;
}

export const mockAccount = "000000000000";
export const mockRegion = "us-east-1";
/** What the names of created buckets end in: it follows from account and region. */
export const mockPlace = createHash("sha256").update(`${mockAccount}/${mockRegion}`).digest("hex").slice(0, 8);

/** Runs a program against mocks and waits until every resource is registered. Errors of the program come through. */
export async function runMocked<T>(program: () => T | Promise<T>, options: MockOptions = {}): Promise<MockRun<T>> {
  const resources: MockResource[] = [];
  const preview = options.preview ?? false;
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        const resource = { type: args.type, name: args.name, inputs: args.inputs };
        resources.push(resource);
        if (preview) return { id: "", state: args.inputs };
        return {
          // Without an import the id is an empty text, which Pulumi takes for unknown.
          id: args.id || `${args.name}-id`,
          state: { ...args.inputs, ...computedOf(resource), ...options.computed?.(resource) },
        };
      },
      call(args) {
        const answer = options.calls?.[args.token] ?? calls[args.token];
        if (answer === undefined) throw new Error(`mocks.ts doesn't answer ${args.token}; add it to calls`);
        return answer;
      },
    },
    options.project ?? "data-pipelines",
    options.stack ?? "test",
    preview,
  );
  const registrations = recordRegistrations();
  const failure = firstRejection();
  try {
    const result = await Promise.race([program(), failure.thrown]);
    await Promise.race([pulumi.runtime.disconnect(), failure.thrown]);
    // Rejections are told after the promises that they belong to.
    await Promise.race([new Promise(setImmediate), failure.thrown]);
    return {
      resources,
      registrations,
      result,
      ofType: (type) => resources.filter((r) => r.type === type),
      named: (name) => {
        const [found, ...others] = resources.filter((r) => r.name === name);
        if (found === undefined) {
          throw new Error(`no resource "${name}"; there are ${resources.map((r) => r.name).join(", ")}`);
        }
        if (others.length > 0) throw new Error(`several resources "${name}": ${[found, ...others].map((r) => r.type)}`);
        return found;
      },
    };
  } finally {
    failure.stop();
  }
}

/** Mocks tell nothing of parents and protection; the requests to the engine's stand-in do. */
function recordRegistrations(): readonly Registration[] {
  const recorded: Registration[] = [];
  const paths = new Map<string, string>();
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: Request, callback: (error: unknown, response?: { getUrn(): string }) => void): unknown;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const parent = paths.get(request.getParent()) ?? "";
    const [type, name] = [request.getType(), request.getName()];
    if (type !== "pulumi:pulumi:Stack") {
      const [protect, retainOnDelete] = [request.getProtect() ?? false, request.getRetainondelete() ?? false];
      recorded.push({ type, name, parent, protect, retainOnDelete });
    }
    return register(request, (error, response) => {
      if (response && type !== "pulumi:pulumi:Stack") {
        paths.set(response.getUrn(), parent === "" ? name : `${parent}/${name}`);
      }
      callback(error, response);
    });
  };
  return recorded;
}

interface Request {
  getParent(): string;
  getType(): string;
  getName(): string;
  getProtect(): boolean | undefined;
  getRetainondelete(): boolean | undefined;
}

/**
 * A failed registration or apply reaches nobody but the process, leaves Pulumi's queue of calls open, and would make
 * the test runner's own listener end the run.
 */
function firstRejection(): { thrown: Promise<never>; stop: () => void } {
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  const keepAlive = setInterval(() => undefined, 1000);
  const thrown = new Promise<never>((_, reject) => process.on("unhandledRejection", reject));
  thrown.catch(() => undefined);
  return {
    thrown,
    stop: () => {
      clearInterval(keepAlive);
      process.removeAllListeners("unhandledRejection");
      for (const listener of others) process.on("unhandledRejection", listener);
    },
  };
}

/** Value of an output; undefined where a preview doesn't know it. */
export function resolved<T>(output: pulumi.Input<T>): Promise<T | undefined> {
  const known = pulumi.output(output) as pulumi.Output<T> & { promise(): Promise<T>; isKnown: Promise<boolean> };
  return known.isKnown.then((isKnown) => (isKnown ? known.promise() : undefined));
}

/** What stands at a path of a resource's inputs, for example `at(role, "tags.Project")`. */
export function at(resource: MockResource, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null) throw new Error(`${resource.name}: nothing at ${path}`);
    return Reflect.get(value, key);
  }, resource.inputs);
}

const calls: Readonly<Record<string, Record<string, unknown>>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": {
    accountId: mockAccount,
    arn: `arn:aws:iam::${mockAccount}:user/test`,
    userId: "test",
  },
  "aws:index/getRegion:getRegion": { region: mockRegion, name: mockRegion, id: mockRegion },
  "aws:ecr/getAuthorizationToken:getAuthorizationToken": { userName: "AWS", password: "token" },
  "aws:index/getPartition:getPartition": { partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" },
};

/** What AWS computes, for the types that components read it from. */
function computedOf({ type, name: logicalName, inputs }: MockResource): Record<string, unknown> {
  const name = String(inputs.name ?? inputs.bucket ?? logicalName);
  const regional = (service: string, resource: string): string =>
    `arn:aws:${service}:${mockRegion}:${mockAccount}:${resource}`;
  switch (type) {
    case "aws:s3/bucket:Bucket":
      return { arn: `arn:aws:s3:::${name}`, bucket: name };
    case "aws:sqs/queue:Queue":
      return {
        arn: regional("sqs", name),
        url: `https://sqs.${mockRegion}.amazonaws.com/${mockAccount}/${name}`,
      };
    case "aws:sns/topic:Topic":
      return { arn: regional("sns", name) };
    case "aws:iam/role:Role":
      return { arn: `arn:aws:iam::${mockAccount}:role/${name}`, name: name };
    case "aws:iam/policy:Policy":
      return { arn: `arn:aws:iam::${mockAccount}:policy/${name}` };
    case "aws:lambda/function:Function":
      return { arn: regional("lambda", `function:${name}`), name: name };
    case "aws:dynamodb/table:Table":
      return {
        arn: regional("dynamodb", `table/${name}`),
        streamArn: inputs.streamEnabled ? regional("dynamodb", `table/${name}/stream/2026-01-01T00:00:00.000`) : "",
      };
    case "awsx:ec2:Vpc":
      return {
        vpcId: "vpc-made",
        privateSubnetIds: ["subnet-made-1", "subnet-made-2"],
        routeTables: [{ id: "rtb-private" }, { id: "rtb-public" }],
      };
    default:
      return { arn: `arn:aws:mock:${mockRegion}:${mockAccount}:${name}` };
  }
}
