/** When the service runs by itself. */
export interface Schedule {
  /** As the owner wrote it. */
  readonly expression: string;
  /** The next slots, epoch ms, earliest first. */
  upcoming(count: number): readonly number[];
  /** Calls back at each slot until stopped. A slot that falls into a running call is passed over. */
  start(onSlot: () => Promise<void>): void;
  stop(): void;
}
