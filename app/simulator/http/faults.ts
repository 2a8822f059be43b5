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
  /** Content-Length of the shorter body: a cut file that looks whole (photos.md §12.2). */
  | { readonly shortenTo: number }
  /** Right Content-Length, so many bytes, then silence. */
  | { readonly hangAfterBytes: number }
  /** One flipped byte, right size. */
  | 'corrupt'
  /** 200 with an HTML page. */
  | 'html'
  /** Never answered. */
  | 'hang'
  | { readonly delayMs: number }
  /** The JSON answer, changed. */
  | { readonly rewrite: (answer: unknown) => unknown }
  /** Carried out as usual, after something else has happened: the library changes in the middle of a walk. */
  | { readonly first: () => void | Promise<void> };

interface FaultCondition {
  /** A request kind as the request log counts it, or '*'. */
  readonly on: string;
  /** So many matching requests pass first. */
  readonly skip?: number;
  /** How often it strikes, default once; Infinity allowed. */
  readonly times?: number;
  readonly match?: (url: URL, body: unknown) => boolean;
  /** Only requests whose address or body has this text. */
  readonly containing?: string;
}

/** `effect` and `then` mean the same; linters take an object with `then` for a promise, so prefer `effect`. */
export type FaultRule = FaultCondition & ({ readonly effect: FaultEffect } | { readonly then: FaultEffect });

export interface Faults {
  /** Returns a function that takes the rule away again. */
  add(rule: FaultRule): () => void;
  clear(): void;
  /** How often any rule struck since the last `clear`. */
  readonly struck: number;
}

export interface ActiveFaults extends Faults {
  /** The effect for this request, if a rule strikes. The first rule that strikes wins. */
  strike(kind: string, url: () => URL, body: unknown): FaultEffect | undefined;
}

function concerns(rule: FaultRule, kind: string, url: () => URL, body: unknown): boolean {
  if (rule.on !== '*' && rule.on !== kind) return false;
  if (rule.match !== undefined && !rule.match(url(), body)) return false;
  return rule.containing === undefined || `${url().href} ${JSON.stringify(body)}`.includes(rule.containing);
}

export function createFaults(): ActiveFaults {
  let rules: { readonly rule: FaultRule; seen: number; struck: number }[] = [];
  let struck = 0;
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
      struck = 0;
    },
    get struck() {
      return struck;
    },
    strike(kind, url, body) {
      for (const entry of rules) {
        const { rule } = entry;
        if (entry.struck >= (rule.times ?? 1) || !concerns(rule, kind, url, body)) continue;
        entry.seen += 1;
        if (entry.seen <= (rule.skip ?? 0)) continue;
        entry.struck += 1;
        struck += 1;
        return 'effect' in rule ? rule.effect : rule.then;
      }
      return undefined;
    },
  };
}
