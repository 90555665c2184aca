import { Transform } from "node:stream";
import zlib from "node:zlib";
import fc from "fast-check";
import { problems } from "./checks";
import type { Fault } from "./scheduling";
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

/** Runs so many schedules; throws with the smallest one that ends wrongly, and how to run it again. */
export async function simulate(numRuns: number, seed?: number, path?: string): Promise<void> {
  const restore = packAtOnce();
  try {
    await fc.assert(
      fc.asyncProperty(scenario, fc.scheduler(), async (given, scheduler) => {
        const world = new World(given, scheduler);
        await world.run();
        const found = problems(world);
        if (process.env.SIM_DEBUG)
          console.log(given.uploads.length, world.table.items.length, found.length, scheduler.report().length);
        if (found.some((each) => new RegExp(process.env.SIM_ONLY ?? ".").test(each))) throw new Error(found.join("\n"));
      }),
      { numRuns, seed, path, verbose: 0 },
    );
  } finally {
    restore();
  }
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
