/** The state in one sentence: the biggest text of the page. */
export interface Sentence {
  /** For the title of the tab. */
  readonly short: string;
  readonly title: string;
  readonly lead: string;
  readonly tone: 'good' | 'calm' | 'person' | 'bad';
}
