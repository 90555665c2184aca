import { fullJitter } from "../../shared/retry";
import { type LockEntry, lockKey } from "./entries";
import type { Store } from "./store";

/** The lock is somebody else's: what this import does next could undo what they do. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** Who holds a table's lock, and since which holder. */
export interface Lease {
  readonly pk: string;
  /** ARN of the execution. */
  readonly owner: string;
  /** Greater than every earlier holder's. */
  readonly token: number;
}

export interface LockPorts {
  readonly store: Store;
  /** Whether an execution may still do something; when that can't be told, it may. */
  readonly isRunning: (execution: string) => Promise<boolean>;
  readonly now: () => number;
  /** Resolves after so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  /** Milliseconds for which nobody else takes the lock over from an execution that runs. */
  readonly leaseMs: number;
}

const ATTEMPTS = 20;

/**
 * One import of a table at a time. A holder that has ended without letting go is found out by its execution's status;
 * one that seems to run but doesn't renew loses the lock with its lease. Whoever takes it over has a greater token, by
 * which everything that the former one still writes to the registry is refused.
 */
export class TableLock {
  constructor(private readonly ports: LockPorts) {}

  /** @returns the execution that holds the lock when the lock isn't available */
  async acquire(pk: string, owner: string): Promise<Lease | { readonly heldBy: string }> {
    for (let attempt = 0; ; attempt++) {
      const found = await this.ports.store.get<LockEntry>(lockKey(pk));
      const { owner: holder, leaseUntil = 0, token = 0 } = found?.item ?? {};
      if (holder !== undefined && holder !== owner && leaseUntil > this.ports.now()) {
        if (await this.ports.isRunning(holder)) return { heldBy: holder };
      }
      const lease: Lease = { pk, owner, token: token + 1 };
      if (await this.write(lease, found?.revision ?? 0, this.ports.leaseMs)) return lease;
      await retryLater(this.ports, attempt, `The lock of ${pk}`);
    }
  }

  /**
   * @param ms for which it is needed at least. @default leaseMs
   * @throws LeaseLost
   */
  async renew(lease: Lease, ms = this.ports.leaseMs): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const found = await this.ports.store.get<LockEntry>(lockKey(lease.pk));
      if (found === undefined || !isHeld(lease, found.item)) throw lost(lease, found?.item);
      // Many publishers renew one lease: those that come when there is enough left leave it as it is.
      const left = (found.item.leaseUntil ?? 0) - this.ports.now();
      if (left > ms * 0.75 || (await this.write(lease, found.revision, ms))) return;
      await retryLater(this.ports, attempt, `The lock of ${lease.pk}`);
    }
  }

  /** Lets go, unless another has taken over. Safe to run again. */
  async release(lease: Lease): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const found = await this.ports.store.get<LockEntry>(lockKey(lease.pk));
      if (found === undefined || !isHeld(lease, found.item)) return;
      const free: LockEntry = { token: lease.token };
      if (await this.ports.store.write([{ key: lockKey(lease.pk), revision: found.revision, item: free }])) return;
      await retryLater(this.ports, attempt, `The lock of ${lease.pk}`);
    }
  }

  /** What an execution that has ended still holds. */
  async heldBy(pk: string, owner: string): Promise<Lease | undefined> {
    const found = await this.ports.store.get<LockEntry>(lockKey(pk));
    return found?.item.owner === owner ? { pk, owner, token: found.item.token } : undefined;
  }

  private write({ pk, owner, token }: Lease, revision: number, ms: number): Promise<boolean> {
    const item: LockEntry = { owner, token, leaseUntil: this.ports.now() + ms };
    return this.ports.store.write([{ key: lockKey(pk), revision, item }]);
  }
}

function isHeld({ owner, token }: Lease, entry: LockEntry): boolean {
  return entry.owner === owner && entry.token === token;
}

function lost({ pk, owner, token }: Lease, entry: LockEntry | undefined): LeaseLost {
  return new LeaseLost(
    `${owner} has lost the lock of ${pk} (token ${token}) to ${entry?.owner ?? "nobody"} (token ${entry?.token ?? 0}).`,
  );
}

/** @throws Error when others have been faster all the time */
export async function retryLater({ pause }: Pick<LockPorts, "pause">, attempt: number, what: string): Promise<void> {
  if (attempt + 1 >= ATTEMPTS) throw new Error(`${what} is written by others all the time; tried ${ATTEMPTS} times.`);
  await pause(fullJitter(attempt, 10, 500));
}
