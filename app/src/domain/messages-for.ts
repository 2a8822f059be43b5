import { type Concern, concernsOf, isAtRest, isSettled, standing } from './concerns.ts';
import type { Facts } from './facts.ts';
import { formatBytes, plural } from './format.ts';
import type { Message } from './message.ts';
import { lastMondayMorning } from './moment.ts';
import { sentence } from './need-words.ts';

/** A concern since it was first seen. `toldMs`: the owner knows. */
export interface KnownConcern {
  readonly id: string;
  readonly sinceMs: number;
  readonly toldMs?: number | undefined;
  readonly title: string;
  readonly overTitle: string;
}

/** What was said already; remembered over restarts. */
export interface Told {
  readonly concerns: Readonly<Record<string, KnownConcern>>;
  /** The read-back that was looked at last, epoch ms. */
  readonly verifyMs?: number | undefined;
  /** The end of trust that was spoken of, epoch ms. */
  readonly trustEndsMs?: number | undefined;
  /** The library at the last weekly summary. */
  readonly summary?: { readonly atMs: number; readonly assets: number; readonly bytes: number } | undefined;
}

export const NOTHING_TOLD: Told = { concerns: {} };

export interface Said {
  readonly messages: readonly Message[];
  readonly told: Told;
}

/** Decides what the owner is told: one message for each problem, one when it is over, nothing while all is well. */
export function messagesFor(told: Told, facts: Facts): Said {
  const steps = [sayConcerns, sayMended, sayTrust, saySummary];
  return steps.reduce<Said>(
    (said, step) => {
      const next = step(said.told, facts);
      return { messages: [...said.messages, ...next.messages], told: next.told };
    },
    { messages: [], told },
  );
}

function sayConcerns(told: Told, facts: Facts): Said {
  const present = concernsOf(facts);
  const concerns: Record<string, KnownConcern> = { ...told.concerns };
  const messages: Message[] = [];
  for (const concern of present) {
    const known = knownAs(concern, told.concerns[concern.topic], facts);
    const isDue = known.toldMs === undefined && facts.nowMs - known.sinceMs >= concern.patienceMs;
    concerns[concern.topic] = isDue ? { ...known, toldMs: facts.nowMs } : known;
    if (isDue) messages.push(problemMessage(concern, facts));
  }
  for (const [topic, known] of Object.entries(told.concerns)) {
    if (present.some((concern) => concern.topic === topic) || !isSettled(topic, facts)) continue;
    delete concerns[topic];
    if (known.toldMs !== undefined) messages.push(overMessage(topic, known, facts));
  }
  return { messages: oneGoodNews(messages), told: { ...told, concerns } };
}

function knownAs({ id, title, overTitle }: Concern, before: KnownConcern | undefined, { nowMs }: Facts): KnownConcern {
  const isSame = before?.id === id;
  return { id, title, overTitle, sinceMs: isSame ? before.sinceMs : nowMs, toldMs: isSame ? before.toldMs : undefined };
}

/** A code that was late ends a need and a standstill with the same run: that is one piece of news, the first in the list. */
function oneGoodNews(messages: readonly Message[]): readonly Message[] {
  const news = messages.filter(({ kind }) => kind === 'recovered');
  const [first] = news;
  if (!first || news.length === 1) return messages;
  return [
    ...messages.filter(({ kind }) => kind !== 'recovered'),
    { ...first, title: [...new Set(news.map(({ title }) => title))].join('. ') },
  ];
}

function problemMessage({ topic, urgency, title, text }: Concern, { pageUrl, nowMs }: Facts): Message {
  return { kind: 'problem', urgency, topic, title, text, link: pageUrl, atMs: nowMs };
}

function overMessage(topic: string, { overTitle }: KnownConcern, facts: Facts): Message {
  const { pageUrl, nowMs } = facts;
  return { kind: 'recovered', urgency: 'low', topic, title: overTitle, text: standing(facts), link: pageUrl, atMs: nowMs };
}

/** Files that had rotted and were replaced at once: nothing is wrong any more, but the owner of the disk should know. */
function sayMended(told: Told, { state, lastVerify, pageUrl, nowMs }: Facts): Said {
  if (!lastVerify || !isAtRest(state) || lastVerify.atMs === told.verifyMs) return { messages: [], told };
  const next = { ...told, verifyMs: lastVerify.atMs };
  const rotten = lastVerify.problems.find(({ code }) => code === 'file-damaged');
  if (!rotten || told.concerns['finding file-damaged']) return { messages: [], told: next };
  const title =
    rotten.count === 1 ? 'A damaged file was replaced' : `${plural(rotten.count, 'damaged file was', 'damaged files were')} replaced`;
  const message: Message = {
    kind: 'notice',
    urgency: 'normal',
    topic: 'mended',
    title,
    text: [
      ...rotten.examples.map(sentence),
      rotten.count === 1
        ? 'It was kept aside in _Trash, and a good one was fetched from iCloud.'
        : 'They were kept aside in _Trash, and good ones were fetched from iCloud.',
      'If this happens again, look at the disk.',
    ].join(' '),
    link: pageUrl,
    atMs: nowMs,
  };
  return { messages: [message], told: next };
}

/** Once per trust, some days before Apple is expected to ask, so that nobody is surprised on holiday. */
function sayTrust(told: Told, { state, codeWarningDays, pageUrl, nowMs }: Facts): Said {
  const { trustDaysLeft, trustEndsMs } = state;
  if (trustDaysLeft === undefined || trustEndsMs === undefined || state.need || codeWarningDays === 0) return { messages: [], told };
  if (trustDaysLeft > codeWarningDays || told.trustEndsMs === trustEndsMs) return { messages: [], told };
  const when = trustDaysLeft === 0 ? 'any time now' : `in about ${plural(trustDaysLeft, 'day')}`;
  const message: Message = {
    kind: 'notice',
    urgency: 'low',
    topic: 'trust',
    title: `Apple will ask for a code ${when}`,
    text: 'Nothing has to be done yet: you hear from us when it asks. To choose the moment yourself, run: docker exec -it photos-sync icloud-photos-sync token --refresh-token.',
    link: pageUrl,
    atMs: nowMs,
  };
  return { messages: [message], told: { ...told, trustEndsMs } };
}

/** On Mondays at eight, or as soon after that as the service is at rest. */
function saySummary(told: Told, facts: Facts): Said {
  const { nowMs, pageUrl, state } = facts;
  const last = told.summary;
  if (!facts.weeklySummary || !isAtRest(state) || (last && last.atMs >= lastMondayMorning(nowMs))) return { messages: [], told };
  const coverage = facts.coverage();
  if (!coverage) return { messages: [], told };
  const summary = { atMs: nowMs, assets: coverage.assets, bytes: coverage.storedBytes };
  // The first one has nothing to compare with.
  if (!last) return { messages: [], told: { ...told, summary } };
  const added = coverage.assets - last.assets;
  const grown = coverage.storedBytes - last.bytes;
  const open = Object.values(told.concerns).flatMap((concern) => (concern.toldMs === undefined ? [] : [concern.title]));
  const text = [
    grown > 0 && `${formatBytes(grown)} more on this disk.`,
    standing(facts),
    state.paused && 'Paused: no sync until you go on.',
    open.length > 0 && `Still open: ${open.join('; ')}.`,
  ];
  const message: Message = {
    kind: 'summary',
    urgency: 'low',
    topic: 'summary',
    title: added > 0 ? `Last week: ${plural(added, 'new item')}` : 'Last week: nothing new',
    text: text.filter(Boolean).join(' '),
    link: pageUrl,
    atMs: nowMs,
  };
  return { messages: [message], told: { ...told, summary } };
}
