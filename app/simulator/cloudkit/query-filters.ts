import { property, textProperty } from '../http/answer.ts';
import { badRequest } from './errors.ts';

/** `filterBy` of a query, read once: a list, or one object as in count queries (photos.md §4). */
export interface Filters {
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  texts(name: string): readonly string[];
}

export function filtersOf(query: unknown): Filters {
  const filterBy = property(query, 'filterBy');
  const list: readonly unknown[] = Array.isArray(filterBy) ? filterBy : filterBy === undefined ? [] : [filterBy];
  const values = new Map<string, unknown>();
  for (const filter of list) {
    const name = textProperty(filter, 'fieldName');
    const comparator = textProperty(filter, 'comparator');
    if (name === undefined || (comparator !== 'EQUALS' && comparator !== 'IN')) throw badRequest('Invalid filter in query');
    if (name === 'masterRef') throw badRequest('Field is not marked indexable: masterRef');
    values.set(name, property(property(filter, 'fieldValue'), 'value'));
  }
  return {
    text: (name) => {
      const value = values.get(name);
      return typeof value === 'string' ? value : undefined;
    },
    number: (name) => {
      const value = values.get(name);
      return typeof value === 'number' ? value : undefined;
    },
    texts: (name) => {
      const value = values.get(name);
      return Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string') : [];
    },
  };
}
