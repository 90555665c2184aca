import type { InputsOf, Properties } from "./properties";
import type { Bag } from "./wire";

/** How a name is made for a resource that isn't given one. */
export interface Naming {
  /** The input that holds the physical name. */
  readonly input: string;
  /** Made when the input isn't given. @default true */
  readonly automatic?: boolean;
  readonly lowercase?: boolean;
  readonly upperCase?: boolean;
  readonly suffix?: (inputs: Bag) => string;
}

export interface Created {
  readonly id: string;
  readonly outputs?: Bag;
}

/** One resource type: what a file in this folder's neighbours exports. */
export interface ResourceType<P extends Properties = Properties> {
  /** Pulumi's type token, for example `aws:sqs/queue:Queue`. */
  readonly type: string;
  readonly properties: P;
  readonly naming?: Naming;
  /** Mistakes that the kinds of the properties don't show, each as `property: what, fix`. */
  check?(inputs: Bag): readonly string[];
  create(inputs: InputsOf<P>): Promise<Created>;
  /** Undefined: it is gone. Otherwise what differs from the state, by property. */
  read(id: string, state: InputsOf<P> & Bag): Promise<Bag | undefined>;
  /** Without it every change replaces the resource. */
  update?(id: string, inputs: InputsOf<P>, state: InputsOf<P> & Bag): Promise<Bag>;
  delete(id: string, state: InputsOf<P> & Bag): Promise<void>;
  /** Inputs that follow from the id alone, for resources that the program only looks up. */
  lookUp?(id: string): Bag;
}

/** A resource type whose own inputs' type is forgotten, as the registry keeps them. */
export interface AnyResourceType {
  readonly type: string;
  readonly properties: Properties;
  readonly naming?: Naming;
  readonly updates: boolean;
  check(inputs: Bag): readonly string[];
  create(inputs: Bag): Promise<Created>;
  read(id: string, state: Bag): Promise<Bag | undefined>;
  update(id: string, inputs: Bag, state: Bag): Promise<Bag>;
  delete(id: string, state: Bag): Promise<void>;
  lookUp(id: string): Bag | undefined;
}

export function defineResource<const P extends Properties>(resource: ResourceType<P>): AnyResourceType {
  // The inputs have been held against `properties` in check, which is what makes these narrowings true.
  const inputsOf = (bag: Bag) => bag as InputsOf<P>;
  const stateOf = (bag: Bag) => bag as InputsOf<P> & Bag;
  return {
    type: resource.type,
    properties: resource.properties,
    naming: resource.naming,
    updates: resource.update !== undefined,
    check: (inputs) => resource.check?.(inputs) ?? [],
    create: (inputs) => resource.create(inputsOf(inputs)),
    read: (id, state) => resource.read(id, stateOf(state)),
    update: async (id, inputs, state) => {
      if (!resource.update) throw new Error(`${resource.type} can't be updated, only replaced`);
      return resource.update(id, inputsOf(inputs), stateOf(state));
    },
    delete: (id, state) => resource.delete(id, stateOf(state)),
    lookUp: (id) => resource.lookUp?.(id),
  };
}

/** A function of a provider, as programs call it: `aws.getRegion()`. */
export interface ProviderFunction {
  readonly token: string;
  call(inputs: Bag): Promise<Bag>;
}
