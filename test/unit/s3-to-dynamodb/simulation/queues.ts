import { Actor, type Simulation } from "./scheduling";

export interface Message {
  readonly body: string;
  /** Messages of a group come one after the other; a message of a standard queue is a group of its own. */
  readonly group: string;
  receives: number;
}

/** Times that a message is tried before it goes to the dead-letter queue. */
const MAX_RECEIVES = 5;

/** A queue and the invocations that read it, one message each, so many at once. */
export class FakeQueue {
  readonly deadLetters: Message[] = [];
  private readonly messages: Message[] = [];
  private readonly locked = new Set<string>();
  private readonly announced = new Set<string>();
  private running = 0;
  private invocations = 0;
  private sent = 0;

  constructor(
    private readonly name: string,
    private readonly simulation: Simulation,
    private readonly atOnce: number,
    private readonly handle: (message: Message, actor: Actor) => Promise<unknown>,
  ) {}

  send(body: string, group = `message ${++this.sent}`): void {
    this.messages.push({ body, group, receives: 0 });
    this.wake();
  }

  redrive(): void {
    for (const { body, group } of this.deadLetters.splice(0)) this.send(body, group);
  }

  private wake(): void {
    for (const { group } of this.messages) {
      if (this.announced.has(group) || this.locked.has(group)) continue;
      this.announced.add(group);
      void this.simulation.turn(`${this.name}: receive of ${group}`).then(() => {
        this.announced.delete(group);
        if (this.running < this.atOnce && !this.locked.has(group)) void this.receive(group);
      });
    }
  }

  private async receive(group: string): Promise<void> {
    const message = this.messages.find((each) => each.group === group);
    if (message === undefined) return;
    this.locked.add(group);
    this.running++;
    message.receives++;
    const actor = new Actor(`${this.name} ${++this.invocations}`, this.simulation);
    const end = await actor.live(() => this.handle(message, actor));
    this.running--;
    this.wake();
    if (end === "killed") await actor.settled;
    if (end !== "done") await this.simulation.turn(`${this.name}: ${end}, visible again`);
    if (end === "done" || message.receives >= MAX_RECEIVES) {
      this.messages.splice(this.messages.indexOf(message), 1);
      if (end !== "done") this.deadLetters.push(message);
    }
    this.locked.delete(group);
    this.wake();
  }
}
