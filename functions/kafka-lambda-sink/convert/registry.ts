import { ConfigurationError, ConversionError, TransientError } from "../core/errors";

export type SchemaType = "AVRO" | "PROTOBUF" | "JSON";

/** A schema as the registry has it, with those that it refers to. */
export interface RegisteredSchema {
  readonly type: SchemaType;
  readonly text: string;
  readonly references: readonly SchemaReference[];
}

export interface SchemaReference {
  /** As the referring schema calls it: a type, a file, or a URL. */
  readonly name: string;
  readonly schema: RegisteredSchema;
}

export interface RegistryOptions {
  /** Of the same registry; the next one is asked when one doesn't answer. */
  readonly urls: readonly string[];
  /** Value of the Authorization header. */
  readonly authorization?: string;
  /** @default 10,000 */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

const DEEPEST_REFERENCE = 32;
const MOST_BYTES = 10_000_000;

/** A Confluent schema registry, read by id. What an id stands for never changes, so that each is asked for once. */
export class SchemaRegistry {
  private readonly byId = new Map<number, Promise<RegisteredSchema>>();

  constructor(private readonly options: RegistryOptions) {}

  /** @throws ConversionError where there is no such id, TransientError, ConfigurationError */
  async schema(id: number): Promise<RegisteredSchema> {
    let known = this.byId.get(id);
    if (known === undefined) {
      known = this.read(`/schemas/ids/${id}`, 0);
      this.byId.set(id, known);
      known.catch(() => this.byId.delete(id));
    }
    return known;
  }

  private async read(path: string, depth: number): Promise<RegisteredSchema> {
    if (depth > DEEPEST_REFERENCE) throw new ConversionError(`${path}: schemas refer to one another without end.`);
    const { schema, schemaType, references } = await this.get(path);
    const type = schemaType ?? "AVRO";
    if (typeof schema !== "string" || !isSchemaType(type)) {
      throw new ConversionError(`The schema registry answers ${path} with a schema of type ${JSON.stringify(type)}.`);
    }
    const list = Array.isArray(references) ? (references as Partial<Record<string, unknown>>[]) : [];
    const resolved = await Promise.all(
      list.map(async ({ name, subject, version }) => {
        const place = `/subjects/${encodeURIComponent(String(subject))}/versions/${encodeURIComponent(String(version))}`;
        return { name: String(name), schema: await this.read(place, depth + 1) };
      }),
    );
    return { type, text: schema, references: resolved };
  }

  private async get(path: string): Promise<Readonly<Record<string, unknown>>> {
    let failure = new TransientError("No schema registry is named.");
    for (const url of this.options.urls) {
      try {
        return await this.ask(url, path);
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  private async ask(url: string, path: string): Promise<Readonly<Record<string, unknown>>> {
    const { authorization, timeoutMs = 10_000, fetch: send = fetch } = this.options;
    const where = `The schema registry at ${new URL(url).origin}`;
    const headers = { accept: "application/vnd.schemaregistry.v1+json" };
    let status: number;
    let text: string;
    try {
      const response = await send(`${url.replace(/\/+$/, "")}${path}`, {
        headers: authorization === undefined ? headers : { ...headers, authorization },
        signal: AbortSignal.timeout(timeoutMs),
        redirect: "error",
      });
      status = response.status;
      text = await textUpTo(response, MOST_BYTES);
    } catch (error) {
      throw new TransientError(`${where} can't be reached: ${reasonOf(error)}`);
    }
    if (status === 404) throw new ConversionError(`${where} has no ${path}.`);
    if (status === 401 || status === 403) {
      throw new ConfigurationError(
        `${where} refuses ${path} (${status}). Fix: give schema.registry.basic.auth.user.info of a user who may read schemas.`,
      );
    }
    if (status !== 200) throw new TransientError(`${where} answers ${path} with ${status}.`);
    try {
      return JSON.parse(text) as Readonly<Record<string, unknown>>;
    } catch {
      throw new TransientError(`${where} answers ${path} with what isn't JSON.`);
    }
  }
}

function isSchemaType(type: unknown): type is SchemaType {
  return type === "AVRO" || type === "PROTOBUF" || type === "JSON";
}

async function textUpTo(response: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > most) throw new Error(`its answer is longer than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** fetch hides the reason in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
