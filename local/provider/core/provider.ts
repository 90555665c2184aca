import type * as provider from "@pulumi/pulumi/provider";
import { check } from "./check";
import { difference } from "./diff";
import type { AnyResourceType, ProviderFunction } from "./resourceType";
import { type Bag, forEngine, isSecret, plainBag, secret } from "./wire";

export interface ProviderSettings {
  /** Pulumi's package, `aws` or `snowflake`. */
  readonly name: string;
  /** Version of the package that the program uses; the engine compares. */
  readonly version: string;
  /** Where a resource type's file belongs, for the errors. */
  readonly folder: string;
  readonly resources: readonly AnyResourceType[];
  readonly functions: readonly ProviderFunction[];
  /** Outputs that every resource has, `region` for one. */
  readonly common?: Bag;
}

/** Stands in for a provider plugin: the engine's calls, answered by one small file per resource type. */
export class LocalProvider implements provider.Provider {
  readonly version: string;
  private readonly resources: ReadonlyMap<string, AnyResourceType>;
  private readonly functions: ReadonlyMap<string, ProviderFunction>;

  constructor(private readonly settings: ProviderSettings) {
    this.version = settings.version;
    this.resources = new Map(settings.resources.map((resource) => [resource.type, resource]));
    this.functions = new Map(settings.functions.map((known) => [known.token, known]));
  }

  async getSchema(): Promise<string> {
    return JSON.stringify({ name: this.settings.name, version: this.version });
  }

  async check(urn: string, olds: Bag, news: Bag): Promise<provider.CheckResult> {
    const { type, name } = partsOf(urn);
    return check(this.resource(type), name, olds ?? {}, news, this.settings.folder);
  }

  async diff(_id: string, urn: string, olds: Bag, news: Bag): Promise<provider.DiffResult> {
    const { changed, replaces, deleteBeforeReplace } = difference(this.resource(partsOf(urn).type), olds, news);
    return { changes: changed.length > 0, replaces: [...replaces], deleteBeforeReplace };
  }

  async create(urn: string, inputs: Bag): Promise<provider.CreateResult> {
    const resource = this.resource(partsOf(urn).type);
    const created = await named(urn, "create", () => resource.create(plainBag(inputs)));
    return { id: created.id, outs: this.state(inputs, created.outputs ?? {}) };
  }

  async read(id: string, urn: string, props: Bag = {}): Promise<provider.ReadResult> {
    const resource = this.resource(partsOf(urn).type);
    // A resource that the program looks up (`Bucket.get`) comes with nothing but its id.
    const known = Object.keys(props).length > 0 ? props : resource.lookUp(id);
    if (!known) {
      throw new Error(
        `${resource.type}: ${id} can't be looked up by its id alone; add lookUp under ${this.settings.folder}`,
      );
    }
    const seen = await named(urn, "read", () => resource.read(id, plainBag(known)));
    if (!seen) return { id: "", props: {} };
    const state = { ...this.state(known, {}), ...kept(known, seen) };
    const inputs = Object.fromEntries(Object.entries(state).filter(([key]) => key in resource.properties));
    return { id, props: state, inputs };
  }

  async update(id: string, urn: string, olds: Bag, news: Bag): Promise<provider.UpdateResult> {
    const resource = this.resource(partsOf(urn).type);
    const state = plainBag(olds);
    const outputs = await named(urn, "update", () => resource.update(id, plainBag(news), state));
    // Outputs that the update doesn't tell anew (an ARN) are those of the creation.
    const before = Object.fromEntries(Object.entries(olds).filter(([key]) => !(key in resource.properties)));
    return { outs: { ...before, ...this.state(news, outputs) } };
  }

  async delete(id: string, urn: string, props: Bag): Promise<void> {
    const resource = this.resource(partsOf(urn).type);
    await named(urn, "delete", () => resource.delete(id, plainBag(props)));
  }

  async invoke(token: string, inputs: Bag): Promise<provider.InvokeResult> {
    const known = this.functions.get(token);
    if (!known) {
      throw new Error(
        `The local cloud doesn't know the function ${token}; add a file for it under ${this.settings.folder}`,
      );
    }
    return { outputs: defined(await known.call(plainBag(inputs))) };
  }

  private resource(type: string): AnyResourceType {
    const known = this.resources.get(type);
    if (known) return known;
    throw new Error(
      `The local cloud doesn't know the resource type ${type}; add a file for it under ${this.settings.folder} and name it in the registry there`,
    );
  }

  private state(inputs: Bag, outputs: Bag): Bag {
    return { ...this.settings.common, ...(forEngine(inputs) as Bag), ...defined(outputs) };
  }
}

/** What was read, without opening what the state holds as a secret. */
function kept(state: Bag, seen: Bag): Bag {
  return Object.fromEntries(
    Object.entries(defined(seen)).map(([key, value]) => [
      key,
      isSecret(state[key]) && !isSecret(value) ? secret(value) : value,
    ]),
  );
}

/** The engine's wire has no `undefined`. */
function defined(bag: Bag): Bag {
  return forEngine(bag) as Bag;
}

function partsOf(urn: string): { type: string; name: string } {
  const [, , types = "", name = ""] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name };
}

async function named<T>(urn: string, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    const { type, name } = partsOf(urn);
    throw new Error(`${doing} ${type} ${name}: ${cause.name}: ${cause.message}`, { cause });
  }
}
