import { nameOf, type TopicPartition } from "./record";

/** What a member of the group said when it joined. */
export interface MemberClaim {
  readonly id: string;
  /** The generation in which it got what it owns; -1 where it owns nothing. */
  readonly generation: number;
  readonly topics: readonly string[];
  /** {@link nameOf} of the partitions that it has, also those that it is about to give back. */
  readonly owned: readonly string[];
  /** It takes no partitions: it joined to commit an offset. */
  readonly observes: boolean;
}

/**
 * Spreads the partitions over the members, evenly and with as few moves as that takes. A partition that is to move is
 * given to nobody as long as its owner has it: the owner sees that it isn't assigned any more, finishes what is in
 * flight, commits, and joins again without it.
 *
 * @returns for each member what it may have now
 */
export function assignCooperatively(
  members: readonly MemberClaim[],
  partitions: readonly TopicPartition[],
): Map<string, TopicPartition[]> {
  const sorted = members.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const owners = ownersOf(sorted);
  const takers = sorted.filter(({ observes }) => !observes).map((member) => new Taker(member));
  const free: TopicPartition[] = [];
  for (const partition of partitions) {
    const owner = takers.find(({ id, topics }) => id === owners.get(nameOf(partition)) && topics.has(partition.topic));
    if (owner === undefined) free.push(partition);
    else owner.partitions.push(partition);
  }
  for (const partition of free) {
    leastLoaded(takers.filter(({ topics }) => topics.has(partition.topic)))?.partitions.push(partition);
  }
  while (moveOne(takers)) {}
  const assigned = new Map(sorted.map(({ id }): [string, TopicPartition[]] => [id, []]));
  for (const { id, partitions } of takers) {
    const isFree = (partition: TopicPartition) => (owners.get(nameOf(partition)) ?? id) === id;
    assigned.set(id, partitions.filter(isFree));
  }
  return assigned;
}

class Taker {
  readonly id: string;
  readonly topics: ReadonlySet<string>;
  readonly partitions: TopicPartition[] = [];

  constructor({ id, topics }: MemberClaim) {
    this.id = id;
    this.topics = new Set(topics);
  }
}

/** Of two members who claim the same partition, the one with the newer claim has it: the other was removed. */
function ownersOf(members: readonly MemberClaim[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { id, owned } of members.toSorted((a, b) => a.generation - b.generation)) {
    for (const name of owned) owners.set(name, id);
  }
  return owners;
}

function leastLoaded(takers: readonly Taker[]): Taker | undefined {
  let best: Taker | undefined;
  for (const taker of takers) if (best === undefined || taker.partitions.length < best.partitions.length) best = taker;
  return best;
}

/** Moves one partition from a member to another that has at least two fewer. False: it is even. */
function moveOne(takers: readonly Taker[]): boolean {
  const byLoad = takers.toSorted((a, b) => b.partitions.length - a.partitions.length);
  for (const from of byLoad) {
    for (const to of byLoad.toReversed()) {
      if (to.partitions.length + 2 > from.partitions.length) break;
      const index = from.partitions.findLastIndex(({ topic }) => to.topics.has(topic));
      if (index === -1) continue;
      to.partitions.push(...from.partitions.splice(index, 1));
      return true;
    }
  }
  return false;
}
