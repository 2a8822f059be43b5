import type { Request, RequestHandler, Response } from 'express';
import { healthOf, type ServiceState } from '../../domain/service-state.ts';
import type { LibraryDoor } from '../../ports/library-door.ts';
import type { Service } from '../../ports/service.ts';
import type { FactsSource } from '../facts.ts';
import { isOwner } from '../gate-middleware.ts';
import type { LibraryAnswers } from '../library-answers.ts';
import type { LibraryViews } from '../library-views.ts';
import { type MapPlaces, mapContent } from '../map-places.ts';
import { readArea, readMapView } from '../map-view.ts';
import { renderAlbum, renderAlbums } from '../page/albums.ts';
import { needsApproval, needsCode } from '../page/code-entry.ts';
import { renderHeld } from '../page/held.ts';
import { type HomeView, homeRegions, renderHome } from '../page/home.ts';
import { renderLog } from '../page/log.ts';
import { renderMap } from '../page/map.ts';
import { renderMore } from '../page/more.ts';
import { noticeOf } from '../page/notices.ts';
import { renderOffsite } from '../page/offsite.ts';
import { renderPhotos } from '../page/photos.ts';
import { renderProblems } from '../page/problems.ts';
import { linesBetween, renderRun } from '../page/run.ts';
import { sentenceOf } from '../page/sentence-of.ts';
import { renderSettings, type ShownSetting } from '../page/settings.ts';
import type { Foot, PageFrame } from '../page/shell.ts';
import { renderSignIn } from '../page/sign-in.ts';
import { renderTrash } from '../page/trash.ts';
import { formatTime, formatWhen } from '../page/when.ts';
import { refuse } from '../refusal.ts';
import { sendPage } from '../safe-headers.ts';
import { sessionCookieOf } from '../sessions.ts';
import type { Snapshot } from './events.ts';
import { wholeNumber } from './timeline.ts';

export interface PageParts {
  readonly service: Service;
  readonly library: () => LibraryDoor | undefined;
  readonly facts: FactsSource;
  readonly answers: LibraryAnswers;
  readonly basePath: string;
  readonly staticPath: string;
  readonly readOnly: boolean;
  readonly trashDays: number;
  readonly epochMs: () => number;
  /** What the settings page shows; no secret in it. */
  readonly settings: readonly ShownSetting[];
  /** The last lines of the log file. */
  readonly logTail: (() => Promise<string>) | undefined;
  readonly views: LibraryViews;
  readonly places: MapPlaces;
}

/** Everything that people look at, one function for each page. */
export function createPages(parts: PageParts) {
  const { service, library, facts, answers, basePath, staticPath, epochMs } = parts;

  const frameOf = (request: Request, response: Response): PageFrame => ({
    basePath,
    staticPath,
    owner: isOwner(response),
    readOnly: parts.readOnly,
    canLogOut: sessionCookieOf(request.headers.cookie) !== undefined && isOwner(response),
  });
  const commands = () => library()?.commands ?? new Set<string>();

  async function footOf(state: ServiceState, nowMs: number): Promise<Foot> {
    const read = await facts.read();
    const missing = read?.coverage.missing.reduce((sum, { count, code }) => sum + (code === 'pending' ? 0 : count), 0) ?? 0;
    return {
      next: nextWords(state, nowMs),
      asOf: formatTime(nowMs),
      needsPerson: state.need !== undefined || needsCode(state) || healthOf(state, nowMs) === 'stale',
      problems: missing,
    };
  }

  async function homeView(frame: PageFrame, notice: unknown): Promise<HomeView> {
    const [state, nowMs] = [service.state(), epochMs()];
    const [read, foot] = await Promise.all([facts.read(), footOf(state, nowMs)]);
    return { frame, state, nowMs, facts: read, foot, commands: commands(), notice: noticeOf(notice) };
  }

  const page =
    (
      render: (frame: PageFrame, foot: Foot, nowMs: number, request: Request) => Promise<string | undefined> | string | undefined,
    ): RequestHandler =>
    async (request, response) => {
      const nowMs = epochMs();
      const foot = await footOf(service.state(), nowMs);
      const markup = await render(frameOf(request, response), foot, nowMs, request);
      if (markup === undefined) refuse(request, response, 404, 'There is nothing at this address');
      else await sendPage(request, response, markup);
    };

  return {
    home: (async (request, response) => {
      const view = await homeView(frameOf(request, response), request.query.notice);
      const door = library();
      if (door && view.frame.owner) parts.views.warm(door);
      await sendPage(request, response, renderHome(view).markup);
    }) satisfies RequestHandler,

    async snapshot(view: string, owner: boolean): Promise<Snapshot> {
      const frame = { basePath, staticPath, owner, readOnly: parts.readOnly, canLogOut: false };
      const home = await homeView(frame, undefined);
      const { foot, state, nowMs } = home;
      const { short } = sentenceOf(state, nowMs, home.facts);
      return {
        short,
        next: foot.next,
        needsPerson: foot.needsPerson,
        problems: foot.problems,
        ...(view === 'home' ? homeRegions(home) : {}),
      };
    },

    signIn: page((frame, foot, _nowMs, request) => {
      const state = service.state();
      return renderSignIn({ frame, foot, state, notice: noticeOf(request.query.notice), needsApproval: needsApproval(state) }).markup;
    }),
    photos: page((frame, foot, _nowMs, request) => {
      const area = readArea(request.query.near);
      return renderPhotos({ frame, foot, title: 'Photos', place: 'photos', ...(area && { area }) }).markup;
    }),
    map: page(async (frame, foot, _nowMs, request) => {
      const view = readMapView(request.query);
      const door = library();
      const content = door && (await mapContent(parts.places, door, view));
      return renderMap({ frame, foot, view, clusters: [], known: 0, ...content }).markup;
    }),
    albums: page(async (frame, foot, nowMs, request) => {
      const albums = library()?.browse.albums() ?? [];
      const archives = commands().has('archive list') ? await answers.archives() : [];
      const canUndo = !frame.readOnly && commands().has('archive undo');
      return renderAlbums({ frame, foot, albums, archives, canUndo, nowMs, notice: noticeOf(request.query.notice) }).markup;
    }),
    album: page((frame, foot, _nowMs, request) => {
      const row = wholeNumber(request.params.row);
      const album = library()
        ?.browse.albums()
        .find((one) => one.row === row && one.kind === 'album');
      return album && renderAlbum({ frame, foot, album, canArchive: commands().has('archive') && !frame.readOnly }).markup;
    }),
    problems: page((frame, foot, nowMs, request) => {
      const rows = library()?.browse.problems(200) ?? [];
      return renderProblems({
        frame,
        foot,
        nowMs,
        rows,
        canRetry: !frame.readOnly && commands().has('retry'),
        notice: noticeOf(request.query.notice),
      }).markup;
    }),
    offsite: page((frame, foot, nowMs, request) => {
      const notice = noticeOf(request.query.notice);
      return renderOffsite({ frame, foot, nowMs, state: service.state(), commands: commands(), notice }).markup;
    }),
    trash: page(async (frame, foot, nowMs, request) => {
      const trash = commands().has('trash list') ? await answers.trash() : undefined;
      return renderTrash({ frame, foot, nowMs, trash, trashDays: parts.trashDays, notice: noticeOf(request.query.notice) }).markup;
    }),
    log: page(
      async (frame, foot, nowMs) =>
        renderLog({ frame, foot, nowMs, runs: library()?.browse.runs(60) ?? [], tail: (await parts.logTail?.()) ?? '' }).markup,
    ),
    run: page(async (frame, foot, nowMs, request) => {
      const id = wholeNumber(request.params.run);
      const report = id === undefined ? undefined : library()?.browse.report(id);
      if (report === undefined) return undefined;
      const lines = linesBetween((await parts.logTail?.()) ?? '', report.startedAtMs - 1000, report.endedAtMs + 1000);
      return renderRun({ frame, foot, nowMs, report, lines }).markup;
    }),
    held: page(async (frame, foot) => {
      const door = library();
      const hold = door && commands().has('hold show') ? await answers.hold(door, true) : undefined;
      return renderHeld({ frame, foot, hold, canAct: !frame.readOnly }).markup;
    }),
    settings: page((frame, foot) => renderSettings({ frame, foot, settings: parts.settings }).markup),
    more: page((frame, foot) => renderMore({ frame, foot }).markup),
  };
}

function nextWords(state: ServiceState, nowMs: number): string {
  const { phase, paused, nextRunMs } = state;
  if (needsCode(state)) return 'Waiting for a code';
  if (needsApproval(state)) return 'Waiting for approval';
  if (phase === 'syncing' || phase === 'signing-in') return 'Syncing';
  if (phase === 'working') return 'Busy';
  if (phase === 'volume-missing') return 'Library folder missing';
  if (paused) return 'Paused';
  if (nextRunMs === undefined) return '';
  const isSoon = nextRunMs - nowMs < 24 * 3_600_000;
  return `Next sync ${isSoon ? `at ${formatTime(nextRunMs)}` : formatWhen(nextRunMs, nowMs)}`;
}
