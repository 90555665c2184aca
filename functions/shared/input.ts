/** The event isn't what the state machine should send. `name` is what Catch sees. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** The event's members, each checked when it is asked for. */
export class Input {
  private readonly members: Readonly<Record<string, unknown>>;

  /** @throws InputError when the event isn't an object */
  constructor(event: unknown) {
    if (typeof event !== "object" || event === null || Array.isArray(event)) {
      throw new InputError(`The event isn't an object. Deploy the state machine together with its functions.`);
    }
    this.members = event as Readonly<Record<string, unknown>>;
  }

  /** @throws InputError */
  text(name: string): string {
    const value = this.members[name];
    if (typeof value !== "string" || value === "") throw this.wrong(name, "a text");
    return value;
  }

  /** @throws InputError */
  oneOf<const T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.members[name];
    const found = allowed.find((each) => each === value);
    if (found === undefined) throw this.wrong(name, `one of ${allowed.join(", ")}`);
    return found;
  }

  /** A whole number from 0. @throws InputError */
  count(name: string): number {
    const value = this.members[name];
    if (!Number.isSafeInteger(value) || (value as number) < 0) throw this.wrong(name, "a whole number from 0");
    return value as number;
  }

  /** Empty when there is none. @throws InputError */
  texts(name: string): readonly string[] {
    const value = this.members[name] ?? [];
    if (!Array.isArray(value) || value.some((each) => typeof each !== "string"))
      throw this.wrong(name, "a list of texts");
    return value as string[];
  }

  /** Unix time in milliseconds. @throws InputError */
  time(name: string): number {
    const time = Date.parse(this.text(name));
    if (Number.isNaN(time)) throw this.wrong(name, "a time like 2026-01-31T12:00:00Z");
    return time;
  }

  /** @throws InputError */
  flag(name: string): boolean {
    const value = this.members[name];
    if (typeof value !== "boolean") throw this.wrong(name, "true or false");
    return value;
  }

  /** @throws InputError */
  numbers(name: string): readonly number[] {
    const value = this.members[name];
    if (!Array.isArray(value) || value.some((each) => typeof each !== "number")) {
      throw this.wrong(name, "a list of numbers");
    }
    return value as number[];
  }

  /** As it is. */
  value(name: string): unknown {
    return this.members[name];
  }

  has(name: string): boolean {
    return this.members[name] !== undefined && this.members[name] !== null;
  }

  private wrong(name: string, expected: string): InputError {
    // A task token gives whoever has it a say in the execution.
    const value = /token/i.test(name) ? "of another form" : (JSON.stringify(this.members[name]) ?? "missing");
    return new InputError(
      `${name} is ${value.slice(0, 200)}, expected ${expected}. Deploy the state machine together with its functions.`,
    );
  }
}
