import fc from "fast-check";
import { type Event, type Scenario, SimulatedWorld } from "./world";

const some = (max: number, maxLength: number) =>
  fc.array(fc.nat(max), { maxLength }).map((numbers): ReadonlySet<number> => new Set(numbers));

const scenario = (events: readonly Event[]): fc.Arbitrary<Scenario> =>
  fc.record({
    gaps: fc.array(fc.array(fc.constantFrom(0, 0, 0, 2), { minLength: 1, maxLength: 6, size: "max" }), {
      minLength: 1,
      maxLength: 4,
      size: "max",
    }),
    behavior: fc.constantFrom("fail", "log", "ignore"),
    batchSize: fc.integer({ min: 1, max: 4 }),
    maxInFlight: fc.integer({ min: 1, max: 3 }),
    throttled: some(20, 4),
    unreported: some(20, 4),
    poison: fc.oneof(fc.constant<ReadonlySet<number>>(new Set()), some(8, 2)),
    unreadable: fc.oneof(fc.constant<ReadonlySet<number>>(new Set()), some(8, 2)),
    events: fc.array(fc.record({ event: fc.constantFrom(...events), member: fc.nat(5) }), {
      maxLength: 6,
      size: "max",
    }),
  });

/** Runs of each kind; a failing one's seed and path stand in its message. */
const RUNS = 1_000;

describe("KafkaLambdaSink: any schedule", () => {
  const check = (events: readonly Event[]) =>
    fc.assert(
      fc.asyncProperty(scenario(events), fc.scheduler(), (drawn, scheduler) =>
        new SimulatedWorld(drawn, scheduler).run(),
      ),
      { numRuns: RUNS },
    );

  it("K3, K5, K13, K22: members come and go: in order, once, nothing lost, no commit past what isn't reported", () =>
    check(["start", "close", "resume"]));

  it("K3, K5, K13, K22: members die and are thrown out: in order, nothing lost, no commit past what isn't reported", () =>
    check(["start", "close", "kill", "expel", "resume"]));
});
