import { ConfigurationError, ConversionError, TransientError } from "../core/errors";
import type { Converter } from "./converter";
import type { RegisteredSchema, SchemaRegistry, SchemaType } from "./registry";

/** Makes a JSON text of what follows the schema's id. */
export type Decoder = (body: Buffer) => string;

/** Makes a decoder; throws where the schema isn't one. */
export type Compile = (schema: RegisteredSchema) => Decoder;

const MAGIC = 0;
const HEAD_BYTES = 5;

/**
 * Data in the schema registry's wire format: a zero, four bytes of the schema's id, then the data.
 * https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
export class FramedConverter implements Converter {
  private readonly decoders = new Map<number, Decoder>();

  constructor(
    private readonly registry: Pick<SchemaRegistry, "schema">,
    private readonly type: SchemaType,
    private readonly compile: Compile,
  ) {}

  convert(bytes: Buffer | null): string | Promise<string> {
    if (bytes === null) return "null";
    if (bytes.length < HEAD_BYTES || bytes[0] !== MAGIC) {
      throw new ConversionError(
        `The data (${bytes.length} bytes) doesn't begin with a zero and a schema's id. Fix: produce with a serializer of the schema registry, or name another converter.`,
      );
    }
    const id = bytes.readInt32BE(1);
    const body = bytes.subarray(HEAD_BYTES);
    const decoder = this.decoders.get(id);
    if (decoder !== undefined) return decode(decoder, id, body);
    return this.decoder(id).then((made) => decode(made, id, body));
  }

  private async decoder(id: number): Promise<Decoder> {
    const schema = await this.registry.schema(id);
    let decoder = this.decoders.get(id);
    if (decoder === undefined) {
      decoder = this.make(id, schema);
      this.decoders.set(id, decoder);
    }
    return decoder;
  }

  private make(id: number, schema: RegisteredSchema): Decoder {
    if (schema.type !== this.type) {
      return refuse(`Schema ${id} is ${schema.type}, and the converter reads ${this.type}. Fix: name its converter.`);
    }
    try {
      return this.compile(schema);
    } catch (error) {
      return refuse(`Schema ${id} can't be used: ${(error as Error).message}`);
    }
  }
}

function decode(decoder: Decoder, id: number, body: Buffer): string {
  try {
    return decoder(body);
  } catch (error) {
    const isOurs = [ConversionError, TransientError, ConfigurationError].some((type) => error instanceof type);
    if (isOurs) throw error;
    throw new ConversionError(`The data isn't what schema ${id} says: ${(error as Error).message}`);
  }
}

function refuse(reason: string): Decoder {
  return () => {
    throw new ConversionError(reason);
  };
}
