import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_ATTEMPTS } from "../../../../functions/export-delta-import/control/steps/end";
import { type Fate, type Rows, World } from "./world";

const ORDERS = { tenant: "acme", table: "orders" };
const ITEMS = { tenant: "acme", table: "items" };

const key = fc.constantFrom("a", "b", "c", "d", "e", "f");
const value = fc.constantFrom("1", "2", "3");
const rows: fc.Arbitrary<Rows> = fc.dictionary(key, value, { minKeys: 1, maxKeys: 6, noNullPrototype: true });
/** Exports by version, in the order in which they arrive. */
const arrivals = fc.array(rows, { minLength: 1, maxLength: 3 }).chain((exports) =>
  fc.shuffledSubarray(
    exports.map((each, i) => ({ version: i + 1, rows: each })),
    { minLength: exports.length },
  ),
);
const events = fc.integer({ min: 1, max: 2 });

function orderOf(version: number): string {
  return String(version).padStart(18, "0");
}

function calm(scheduler: fc.Scheduler): Fate {
  return { gate: (what) => scheduler.schedule(Promise.resolve(), what), happens: () => false };
}

/** A seed that is given as undefined would be taken for a random one. */
function drawn(
  numRuns: number,
  seed?: number,
  path?: string,
): Pick<fc.Parameters<unknown>, "numRuns" | "seed" | "path"> {
  return { numRuns, ...(seed !== undefined && { seed }), ...(path !== undefined && { path }) };
}

/** Nothing fails: exports and their events come in any order, at any speed. @throws what fast-check found */
export async function calmSchedules(numRuns: number, seed?: number, path?: string): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), arrivals, arrivals, events, async (scheduler, orders, items, times) => {
      // Its own tests show the breaker; here nobody is there to answer.
      const world = new World({ ...calm(scheduler), happens: () => false });
      for (const { version, rows: each } of orders) world.upload(ORDERS, version, each, times);
      for (const { version, rows: each } of items) world.upload(ITEMS, version, each, times);
      await scheduler.waitFor(world.idle());
      for (const [table, arrived] of [
        [ORDERS, orders],
        [ITEMS, items],
      ] as const) {
        const newest = arrived.reduce((a, b) => (a.version > b.version ? a : b));
        assert.equal((await world.head(table))?.order, orderOf(newest.version));
        assert.deepEqual(world.rowsOf(table), newest.rows);
        assert.equal(await world.lockOwner(table), undefined);
        for (const { status, order } of await world.versions(table)) {
          const allowed = order === orderOf(newest.version) ? ["imported"] : ["imported", "refused"];
          assert.ok(allowed.includes(status), `version ${order} is ${status}`);
        }
      }
      assert.deepEqual([...world.athena.tables.keys()], []);
      assert.deepEqual(world.givenUp, []);
    }),
    drawn(numRuns, seed, path),
  );
}

/** Anything fails at any moment, then nothing any more. @throws what fast-check found */
export async function faultySchedules(numRuns: number, seed?: number, path?: string): Promise<void> {
  const fates = fc.infiniteStream(fc.nat({ max: 2 ** 20 }));
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), arrivals, events, rows, fates, async (scheduler, orders, times, last, stream) => {
      let isCalm = false;
      const world = new World({
        ...calm(scheduler),
        happens: (_, oneIn) => !isCalm && (stream.next().value as number) % oneIn === 0,
      });
      const contents = new Map(orders.map(({ version, rows: each }) => [orderOf(version), each]));
      for (const { version, rows: each } of orders) world.upload(ORDERS, version, each, times);
      await scheduler.waitFor(world.idle());
      assert.equal(await world.lockOwner(ORDERS), undefined);
      const head = await world.head(ORDERS);
      if (head?.publishing === undefined) assert.deepEqual(world.rowsOf(ORDERS), contents.get(head?.order ?? "") ?? {});
      const versions = await world.versions(ORDERS);
      const halfWay = versions.find(({ order }) => order === head?.publishing);
      // A version that fails on its way to the target again and again holds up the others until the next export.
      const waiting = (halfWay?.attempts ?? 0) >= MAX_ATTEMPTS ? ["receiving"] : [];
      for (const { status, order } of versions) {
        assert.ok(["imported", "refused", "failed", ...waiting].includes(status), `version ${order} is ${status}`);
      }

      // Once everything works again, the next export heals whatever is left half-way.
      isCalm = true;
      world.upload(ORDERS, 9, last);
      await scheduler.waitFor(world.idle());
      assert.equal((await world.head(ORDERS))?.order, orderOf(9));
      assert.deepEqual(world.rowsOf(ORDERS), last);
      assert.equal(await world.lockOwner(ORDERS), undefined);
      assert.deepEqual(world.givenUp, []);
    }),
    drawn(numRuns, seed, path),
  );
}
