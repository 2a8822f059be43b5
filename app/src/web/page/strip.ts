import { type Html, html } from './html.ts';

/** A row of small pictures that lead to the viewer. */
export function strip(rows: readonly number[], basePath: string, more = 0): Html {
  return html`<ul class="strip">${rows.map(
    (row) => html`<li><a href="${basePath}/photos/${row}" aria-label="Photo ${row}">${thumb(row, basePath)}</a></li>`,
  )}${more > 0 ? html`<li class="strip-more">+${more.toLocaleString('en-US')}</li>` : undefined}</ul>
`;
}

/** The address names no content, so it has to be asked for again each day; grids use addresses that last. */
export function thumb(row: number, basePath: string): Html {
  return html`<img src="${basePath}/thumb/small/${row}" alt="" loading="lazy" decoding="async">`;
}
