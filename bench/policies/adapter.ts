/** The pack behind the policy SDK's own server functions: what the engine sends comes in, serialised as it sends it. */
import type { PolicyPackArgs } from "@pulumi/policy";
import {
  AnalyzeRequest,
  type AnalyzeResponse,
  AnalyzerPropertyDependencies,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

export interface SentResource {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, JavaScriptValue>>;
  /** Property → names of the resources that its value comes from. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
}

type Rpc<Request> = (
  call: { readonly request: Request },
  callback: (error: Error | undefined, response: AnalyzeResponse) => void,
) => void;
type Make<Request> = (
  name: string,
  version: string,
  level: string,
  policies: PolicyPackArgs["policies"],
) => Rpc<Request>;

// Not among the SDK's types: the functions that it registers with its server.
const server = require("@pulumi/policy/server") as {
  readonly makeAnalyzeRpcFun: Make<AnalyzeRequest>;
  readonly makeAnalyzeStackRpcFun: Make<AnalyzeStackRequest>;
};

export interface Analyzer {
  /** @returns the messages */
  analyze(request: Uint8Array): Promise<string[]>;
  analyzeStack(request: Uint8Array): Promise<string[]>;
}

export function analyzerOf(policies: PolicyPackArgs["policies"]): Analyzer {
  const analyze = server.makeAnalyzeRpcFun("pack", "0.0.0", "mandatory", policies);
  const analyzeStack = server.makeAnalyzeStackRpcFun("pack", "0.0.0", "mandatory", policies);
  return {
    analyze: (request) => call(analyze, AnalyzeRequest.deserializeBinary(request)),
    analyzeStack: (request) => call(analyzeStack, AnalyzeStackRequest.deserializeBinary(request)),
  };
}

function call<Request>(rpc: Rpc<Request>, request: Request): Promise<string[]> {
  return new Promise((resolve, reject) =>
    rpc({ request }, (error, response) =>
      error ? reject(error) : resolve(response.getDiagnosticsList().map((each) => each.getMessage())),
    ),
  );
}

export function analyzeRequest({ type, name, props }: SentResource): Uint8Array {
  const request = new AnalyzeRequest();
  request.setType(type);
  request.setName(name);
  request.setUrn(urnOf(type, name));
  request.setProperties(Struct.fromJavaScript(props));
  request.setOptions(new AnalyzerResourceOptions());
  return request.serializeBinary();
}

export function analyzeStackRequest(resources: readonly SentResource[]): Uint8Array {
  const types = new Map(resources.map(({ type, name }) => [name, type]));
  const request = new AnalyzeStackRequest();
  for (const { type, name, props, dependencies = {} } of resources) {
    const resource = new AnalyzerResource();
    resource.setType(type);
    resource.setName(name);
    resource.setUrn(urnOf(type, name));
    resource.setProperties(Struct.fromJavaScript(props));
    resource.setOptions(new AnalyzerResourceOptions());
    for (const [property, names] of Object.entries(dependencies)) {
      const urns = new AnalyzerPropertyDependencies();
      urns.setUrnsList(names.map((each) => urnOf(types.get(each) ?? "", each)));
      resource.getPropertydependenciesMap().set(property, urns);
    }
    request.addResources(resource);
  }
  return request.serializeBinary();
}

function urnOf(type: string, name: string): string {
  return `urn:pulumi:bench::data-pipelines::${type}::${name}`;
}
