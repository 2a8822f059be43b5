/** What goes wrong with a request that a rule catches. */
export type FaultEffect =
  /** Answered without being carried out. */
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string | object }
  /** Connection reset before any answer, nothing carried out. */
  | 'reset'
  /** Carried out; connection reset after so many bytes of the body. */
  | { readonly resetAfterBytes: number }
  /** Right Content-Length, fewer bytes, connection closed. */
  | { readonly truncateTo: number }
  /** One flipped byte, right size. */
  | 'corrupt'
  /** 200 with an HTML page. */
  | 'html'
  /** Never answered. */
  | 'hang'
  | { readonly delayMs: number }
  /** The JSON answer, changed. */
  | { readonly rewrite: (answer: unknown) => unknown };

interface FaultCondition {
  /** A request kind as the request log counts it, or '*'. */
  readonly on: string;
  /** So many matching requests pass first. */
  readonly skip?: number;
  /** How often it strikes, default once; Infinity allowed. */
  readonly times?: number;
  readonly match?: (url: URL, body: unknown) => boolean;
}

/** `effect` and `then` mean the same; linters take an object with `then` for a promise, so prefer `effect`. */
export type FaultRule = FaultCondition & ({ readonly effect: FaultEffect } | { readonly then: FaultEffect });

export interface Faults {
  /** Returns a function that takes the rule away again. */
  add(rule: FaultRule): () => void;
  clear(): void;
}

export interface ActiveFaults extends Faults {
  /** The effect for this request, if a rule strikes. The first rule that strikes wins. */
  strike(kind: string, url: () => URL, body: unknown): FaultEffect | undefined;
}

export function createFaults(): ActiveFaults {
  let rules: { readonly rule: FaultRule; seen: number; struck: number }[] = [];
  return {
    add(rule) {
      const entry = { rule, seen: 0, struck: 0 };
      rules.push(entry);
      return () => {
        rules = rules.filter((other) => other !== entry);
      };
    },
    clear() {
      rules = [];
    },
    strike(kind, url, body) {
      for (const entry of rules) {
        const { rule } = entry;
        if (rule.on !== '*' && rule.on !== kind) continue;
        if (entry.struck >= (rule.times ?? 1)) continue;
        if (rule.match !== undefined && !rule.match(url(), body)) continue;
        entry.seen += 1;
        if (entry.seen <= (rule.skip ?? 0)) continue;
        entry.struck += 1;
        return 'effect' in rule ? rule.effect : rule.then;
      }
      return undefined;
    },
  };
}
