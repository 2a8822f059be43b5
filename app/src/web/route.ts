import type { RequestHandler } from 'express';
import type { Access } from './gate.ts';

/** One thing that is served, under all its addresses (without the base path). */
export interface Route {
  /** `:name` stands for one part of an address. */
  readonly paths: readonly string[];
  readonly access: Exclude<Access, 'unknown'>;
  readonly method: 'get' | 'post' | 'delete';
  readonly handlers: readonly RequestHandler[];
}
