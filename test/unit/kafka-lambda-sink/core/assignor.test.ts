import assert from "node:assert/strict";
import fc from "fast-check";
import { assignCooperatively, type MemberClaim } from "../../../../functions/kafka-lambda-sink/core/assignor";
import { nameOf, type TopicPartition } from "../../../../functions/kafka-lambda-sink/core/record";

const partitionsOf = (topic: string, count: number): TopicPartition[] =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }));
const member = (id: string, owned: string[] = [], more: Partial<MemberClaim> = {}): MemberClaim => ({
  id,
  owned,
  generation: owned.length > 0 ? 1 : -1,
  topics: ["a", "b"],
  observes: false,
  ...more,
});
const names = (assigned: Map<string, TopicPartition[]>) =>
  Object.fromEntries([...assigned].map(([id, partitions]) => [id, partitions.map(nameOf)]));

describe("KafkaLambdaSink: who gets which partition", () => {
  it("K3: a partition that another member has is given to nobody until it is given back", () => {
    const all = partitionsOf("a", 4);
    const first = member("m1", all.map(nameOf));
    assert.deepEqual(names(assignCooperatively([first, member("m2")], all)), { m1: ["a-0", "a-1"], m2: [] });
    assert.deepEqual(names(assignCooperatively([member("m1", ["a-0", "a-1"]), member("m2")], all)), {
      m1: ["a-0", "a-1"],
      m2: ["a-2", "a-3"],
    });
  });

  it("K3: of two who claim a partition the newer has it", () => {
    const claims = [member("m1", ["a-0"], { generation: 3 }), member("m2", ["a-0"], { generation: 4 })];
    assert.deepEqual(names(assignCooperatively(claims, partitionsOf("a", 2))), { m1: ["a-1"], m2: ["a-0"] });
  });

  it("K3: a member gets partitions of its own topics only, an observer none", () => {
    const claims = [member("m1", [], { topics: ["a"] }), member("m2"), member("m3", [], { observes: true })];
    const assigned = assignCooperatively(claims, [...partitionsOf("a", 3), ...partitionsOf("b", 1)]);
    assert.deepEqual(names(assigned), { m1: ["a-0", "a-2"], m2: ["a-1", "b-0"], m3: [] });
  });

  it("K3: any members come to an even share in two steps, and nothing that may stay moves", () => {
    const counts = fc.record({
      members: fc.integer({ min: 1, max: 12 }),
      partitions: fc.integer({ min: 0, max: 60 }),
      owners: fc.array(fc.nat(14), { minLength: 60, maxLength: 60 }),
    });
    fc.assert(
      fc.property(counts, ({ members, partitions, owners }) => {
        const all = partitionsOf("a", partitions);
        const ids = Array.from({ length: members }, (_, i) => `m${i}`);
        // Owners beyond the members have left the group.
        const ownedBy = (id: string) => all.filter((_, i) => `m${owners[i]}` === id).map(nameOf);
        const once = assignCooperatively(
          ids.map((id) => member(id, ownedBy(id))),
          all,
        );
        const keptBefore = names(once);
        for (const [id, kept] of Object.entries(keptBefore)) {
          const others = ids.filter((other) => other !== id).flatMap(ownedBy);
          assert.ok(!kept.some((name) => others.includes(name)), "given while another has it");
          const share = Math.floor(partitions / members);
          assert.ok(kept.filter((name) => ownedBy(id).includes(name)).length >= Math.min(share, ownedBy(id).length));
        }
        const twice = names(
          assignCooperatively(
            ids.map((id) => member(id, keptBefore[id])),
            all,
          ),
        );
        assert.deepEqual(Object.values(twice).flat().sort(), all.map(nameOf).sort());
        const sizes = Object.values(twice).map(({ length }) => length);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
        for (const id of ids)
          assert.deepEqual(
            keptBefore[id]?.filter((name) => !twice[id]?.includes(name)),
            [],
          );
      }),
    );
  });
});
