import type { RequestHandler } from 'express';
import type { Service } from '../../ports/service.ts';
import { isOwner } from '../gate-middleware.ts';
import { renderHome } from '../page/home.ts';
import { noticeOf } from '../page/notices.ts';
import { sendPage } from '../safe-headers.ts';

export interface HomeParts {
  readonly service: Service;
  readonly basePath: string;
  readonly epochMs: () => number;
}

/** The page, whole in one answer. */
export function homePage({ service, basePath, epochMs }: HomeParts): RequestHandler {
  return (request, response) => {
    const notice = noticeOf(request.query.notice);
    const page = renderHome({ state: service.state(), nowMs: epochMs(), basePath, owner: isOwner(response), notice });
    sendPage(response, page.markup);
  };
}
