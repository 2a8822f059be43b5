import type { Need, ServiceState } from '../../domain/service-state.ts';
import type { Sentence } from './sentence.ts';
import { formatTime, formatWhen } from './when.ts';

/** Apple's codes live so long. */
const CODE_LIFE_MS = 10 * 60_000;

/** What waits for a person. While a run goes on, an older need is left to that run, unless the run itself waits for a code. */
export function needSentence(state: ServiceState, nowMs: number): Sentence | undefined {
  const { phase, codeAwaited, need } = state;
  if (phase === 'volume-missing')
    return {
      short: 'Folder missing',
      title: 'The library folder is not there',
      lead: 'The disk may not be mounted, so nothing is written and nothing is removed. We look again every minute.',
      tone: 'bad',
      glyph: 'hold',
    };
  if (codeAwaited) return codeSentence(state, nowMs);
  if (phase === 'waiting-for-code') return CODE_NEEDED;
  if (need === undefined || phase === 'syncing' || phase === 'signing-in' || phase === 'starting' || phase === 'stopping') return undefined;
  return sentenceFor(need);
}

function codeSentence({ sinceMs: sentMs }: ServiceState, nowMs: number): Sentence {
  const lead =
    nowMs - sentMs < CODE_LIFE_MS
      ? `Apple sent them to your iPhone, iPad or Mac at ${formatTime(sentMs)}. They are good until ${formatTime(sentMs + CODE_LIFE_MS)}. The sync goes on by itself afterwards.`
      : `Apple sent them ${formatWhen(sentMs, nowMs)}, and a code is good for ten minutes: ask for a new one below, if you have not done so. The sync goes on by itself afterwards.`;
  return { short: 'Code needed', title: 'Type the six digits', lead, tone: 'person', glyph: 'dots' };
}

const CODE_NEEDED: Sentence = {
  short: 'Code needed',
  title: 'Apple wants a code',
  lead: 'The sync stopped at sign-in. Everything stored so far is safe. Take your iPhone, iPad or Mac and press a button below: six digits appear there, and the sync goes on when you type them here.',
  tone: 'person',
  glyph: 'dots',
};

function sentenceFor({ code }: Need): Sentence {
  switch (code) {
    case 'code-needed':
      return CODE_NEEDED;
    case 'disk-full':
      return {
        short: 'Disk full',
        title: 'The disk is full',
        lead: 'What is stored is safe. The sync goes on by itself when there is room.',
        tone: 'bad',
        glyph: 'hold',
      };
    case 'approval-needed':
    case 'web-access-off':
      return {
        short: 'Permission needed',
        title: 'One more permission',
        lead: 'Apple does not hand out the photos yet. Everything stored so far is safe.',
        tone: 'person',
        glyph: 'dots',
      };
    case 'password-refused':
      return {
        short: 'Password refused',
        title: 'Apple did not accept the password',
        lead: 'We stopped after one attempt so that your account is not locked. Put the right password in its file or variable and start the container again.',
        tone: 'person',
        glyph: 'dots',
      };
    default:
      return {
        short: 'Needs you',
        title: 'The backup waits for you',
        lead: 'Everything stored so far is safe.',
        tone: 'person',
        glyph: 'dots',
      };
  }
}
