import type { Html } from './html.ts';
import type { GlyphName } from './icons.ts';

/** The state in one sentence: the biggest text of the page. */
export interface Sentence {
  /** For the title of the tab. */
  readonly short: string;
  readonly title: string;
  readonly lead: string | Html;
  readonly tone: 'good' | 'calm' | 'person' | 'bad';
  readonly glyph: GlyphName;
}
