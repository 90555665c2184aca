import { type LockPorts, retryLater } from "../registry/lock";
import type { Store, StoreKey } from "../registry/store";
import { isLater, later, latest } from "../shared/sequenceNumber";

/** Days that a delta's progress is kept. */
const PROGRESS_DAYS = 60;

/** How far the publisher is with one file of a delta. */
export interface PublishedFile {
  /** Lines that the stream has taken. */
  readonly lines: number;
  readonly done: boolean;
  /** By shard: the greatest sequence number that the stream gave to an operation of this file. */
  readonly shards: Readonly<Record<string, string>>;
}

/** How far a target is with a delta's operations of one shard. */
export interface AppliedShard {
  readonly shard: string;
  /** Sequence number up to which it has dealt with all of them. */
  readonly upTo: string;
  /** Operations dealt with: applied, or older than what the target has. Repeated ones count each time. */
  readonly processed: number;
  readonly stale: number;
  /** Operations that it has given up. */
  readonly failed: number;
}

/** How far a target is with a delta. */
export interface TargetProgress {
  readonly target: string;
  readonly caughtUp: boolean;
  readonly processed: number;
  readonly stale: number;
  readonly failed: number;
}

/**
 * Publishers and appliers tell here how far they are, and an import sees whether the one has caught up with the other.
 * Counts alone wouldn't say: a stream may have an operation twice. Its shards are in order, and so are their numbers:
 * who has dealt with the last one of a shard has dealt with all before it.
 */
export class Progress {
  constructor(private readonly ports: Pick<LockPorts, "now" | "pause"> & { readonly store: Store }) {}

  async published(deltaId: string, file: number): Promise<PublishedFile> {
    const found = await this.ports.store.get<PublishedFile>(publishedKey(deltaId, file));
    return found?.item ?? { lines: 0, done: false, shards: {} };
  }

  /** Two publishers of the same file, of which one is thought dead, never bring it back. */
  savePublished(deltaId: string, file: number, now: PublishedFile): Promise<void> {
    return this.save<PublishedFile>(publishedKey(deltaId, file), (before) => ({
      lines: Math.max(before?.lines ?? 0, now.lines),
      done: now.done || (before?.done ?? false),
      shards: latest(before?.shards ?? {}, now.shards),
    }));
  }

  /** @param seen what was dealt with up to a number, of which only what lies after the last one counts */
  saveApplied(
    { deltaId, target, shard }: { readonly deltaId: string; readonly target: string; readonly shard: string },
    seen: readonly { readonly sequenceNumber: string; readonly outcome: "applied" | "stale" | "failed" }[],
  ): Promise<void> {
    return this.save<AppliedShard>(
      appliedKey(deltaId, target, shard),
      (before = { shard, upTo: "", processed: 0, stale: 0, failed: 0 }) => {
        const fresh = seen.filter(({ sequenceNumber }) => isLater(sequenceNumber, before.upTo));
        const count = (outcome: string): number => fresh.filter((each) => each.outcome === outcome).length;
        return {
          shard,
          upTo: fresh.reduce((last, { sequenceNumber }) => later(last, sequenceNumber), before.upTo),
          processed: before.processed + fresh.length,
          stale: before.stale + count("stale"),
          failed: before.failed + count("failed"),
        };
      },
    );
  }

  /** @returns how many operations were published, undefined while they still are; and each target's progress */
  async of(
    deltaId: string,
    files: number,
    targets: readonly string[],
  ): Promise<{ readonly published: number | undefined; readonly targets: readonly TargetProgress[] }> {
    const published = await this.ports.store.query<PublishedFile>(pk(deltaId), "published#");
    const done = published.filter(({ item }) => item.done).length >= files;
    const shards = published.reduce<Readonly<Record<string, string>>>((all, { item }) => latest(all, item.shards), {});
    const progress: TargetProgress[] = [];
    for (const target of targets) {
      const found = await this.ports.store.query<AppliedShard>(pk(deltaId), `applied#${target}#`);
      const upTo = new Map(found.map(({ item }) => [item.shard, item.upTo]));
      const caughtUp = Object.entries(shards).every(([shard, last]) => !isLater(last, upTo.get(shard) ?? ""));
      const sum = (of: (applied: AppliedShard) => number): number =>
        found.reduce((total, { item }) => total + of(item), 0);
      progress.push({
        target,
        caughtUp: done && caughtUp,
        processed: sum(({ processed }) => processed),
        stale: sum(({ stale }) => stale),
        failed: sum(({ failed }) => failed),
      });
    }
    const lines = published.reduce((total, { item }) => total + item.lines, 0);
    return { published: done ? lines : undefined, targets: progress };
  }

  private async save<T extends object>(key: StoreKey, to: (before: T | undefined) => T): Promise<void> {
    const expiresAt = Math.floor(this.ports.now() / 1_000) + PROGRESS_DAYS * 86_400;
    for (let attempt = 0; ; attempt++) {
      const found = await this.ports.store.get<T>(key);
      const item = to(found?.item);
      if (await this.ports.store.write([{ key, revision: found?.revision ?? 0, item, expiresAt }])) return;
      await retryLater(this.ports, attempt, `${key.pk} ${key.sk}`);
    }
  }
}

function pk(deltaId: string): string {
  return `progress#${deltaId}`;
}

function publishedKey(deltaId: string, file: number): StoreKey {
  return { pk: pk(deltaId), sk: `published#${String(file).padStart(7, "0")}` };
}

function appliedKey(deltaId: string, target: string, shard: string): StoreKey {
  return { pk: pk(deltaId), sk: `applied#${target}#${shard}` };
}
