import { Transform } from "node:stream";
import zlib from "node:zlib";
import fc from "fast-check";
import type { Item } from "../expressions";
import { FakeDynamo } from "../fakeDynamo";
import { TableChanges } from "./changes";
import { problems } from "./checks";
import { type Fault, Simulation } from "./scheduling";
import { type Scenario, World } from "./world";

const fault: fc.Arbitrary<Fault> = fc.record({
  at: fc.nat(250),
  kind: fc.constantFrom("killedBefore", "killedAfter", "failsBefore", "failsAfter", "repeated", "throttled"),
  bits: fc.nat(2 ** 6),
});

const scenario: fc.Arbitrary<Scenario> = fc.record({
  keyed: fc.boolean(),
  versioned: fc.boolean(),
  uploads: fc.array(fc.record({ key: fc.nat(1), content: fc.nat(3), twice: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
    size: "max",
  }),
  deletions: fc.array(fc.nat(2), { maxLength: 1 }),
  replays: fc.array(fc.record({ force: fc.boolean() }), { maxLength: 2 }),
  patience: fc.array(fc.integer({ min: 3, max: 30 }), { maxLength: 5 }),
  faults: fc.array(fault, { maxLength: 5, size: "max" }),
});

/** Writings of a table, removals too, beside full loads of it. */
const writings = fc.record({
  before: fc.nat(3),
  writes: fc.array(fc.record({ key: fc.nat(4), value: fc.nat(2), removes: fc.boolean() }), {
    maxLength: 12,
    size: "max",
  }),
  loads: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
  faults: fc.array(fault, { maxLength: 5, size: "max" }),
});

/** What can be simulated, and by what name. */
export const simulations = {
  /** Collectors, loaders and replays, and the changes of the table that they write. */
  ingestion: fc.asyncProperty(scenario, fc.scheduler(), async (given, scheduler) => {
    const world = new World(given, scheduler);
    await world.run();
    none([...problems(world), ...world.changes.problems()]);
  }),
  /** A table that anybody writes, its stream and full loads on their way to Snowflake. */
  changes: fc.asyncProperty(writings, fc.scheduler(), async ({ before, writes, loads, faults }, scheduler) => {
    const simulation = new Simulation(scheduler, faults);
    const table = new FakeDynamo();
    const itemOf = (key: number, value: string): Item => ({ pk: { S: "p" }, sk: { S: `k${key}` }, v: { S: value } });
    for (let key = 0; key < before; key++) table.seed(itemOf(key, "before"));
    const changes = new TableChanges(table, simulation);
    for (const [index, { key, value, removes }] of writes.entries()) {
      void simulation.turn(`write ${index}`).then(() => {
        if (removes) table.remove(itemOf(key, ""));
        else table.seed(itemOf(key, `v${value}`));
      });
    }
    for (const segments of loads)
      void simulation.turn("somebody starts a full load").then(() => changes.load(segments));
    await simulation.run();
    simulation.calm = true;
    changes.redrive();
    await simulation.run();
    none([...simulation.violations, ...changes.problems()]);
  }),
} as const;

/** Runs so many schedules; throws with the smallest one that ends wrongly, and how to run it again. */
export async function simulate(
  what: keyof typeof simulations,
  numRuns: number,
  seed?: number,
  path?: string,
): Promise<void> {
  const restore = packAtOnce();
  try {
    await fc.assert(simulations[what] as fc.IAsyncProperty<unknown>, { numRuns, seed, path, verbose: 0 });
  } finally {
    restore();
  }
}

function none(found: readonly string[]): void {
  if (found.length > 0) throw new Error(found.join("\n"));
}

/** zlib works in threads of its own, whose pace no seed repeats: here it packs in the step that asks for it. */
function packAtOnce(): () => void {
  const saved = { createGzip: zlib.createGzip, createGunzip: zlib.createGunzip };
  const atOnce = (convert: (bytes: Buffer) => Buffer) => (): Transform => {
    const chunks: Buffer[] = [];
    return new Transform({
      transform: (chunk: Buffer | string, _encoding, done) => {
        chunks.push(Buffer.from(chunk as string));
        done();
      },
      flush: (done) => done(null, convert(Buffer.concat(chunks))),
    });
  };
  const define = (functions: object): void => {
    for (const [name, value] of Object.entries(functions)) {
      Object.defineProperty(zlib, name, { value, configurable: true, enumerable: true });
    }
  };
  define({
    createGzip: atOnce((bytes) => zlib.gzipSync(bytes)),
    createGunzip: atOnce((bytes) => zlib.gunzipSync(bytes)),
  });
  return () => define(saved);
}
