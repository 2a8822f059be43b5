import type { Places } from '../ports/overview.ts';

/** A part of the globe, degrees; it does not reach over the date line. */
export interface Area {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

/** Photos that lie so close together that a map shows them as one. */
export interface Cluster {
  /** In the middle of its photos. */
  readonly latitude: number;
  readonly longitude: number;
  readonly count: number;
  /** The item that came last. */
  readonly row: number;
  /** What its photos take up. */
  readonly area: Area;
}

/** The area cut into `columns` by `rows` cells; what lies in one cell is one cluster. Largest first. */
export function clustersIn(places: Places, area: Area, columns: number, rows: number): Cluster[] {
  const cells = new Map<number, number[]>();
  const [wide, high] = [(area.east - area.west) / columns, (area.north - area.south) / rows];
  for (let at = 0; at < places.rows.length; at++) {
    const [latitude, longitude] = pointAt(places, at);
    if (!isIn(area, latitude, longitude)) continue;
    // The last cell has both of its edges, or whoever stands on the pole would have none.
    const column = Math.min(columns - 1, Math.floor((longitude - area.west) / wide));
    const row = Math.min(rows - 1, Math.floor((latitude - area.south) / high));
    const cell = cells.get(row * columns + column);
    if (cell) cell.push(at);
    else cells.set(row * columns + column, [at]);
  }
  return [...cells.values()].map((cell) => clusterOf(places, cell)).sort((a, b) => b.count - a.count || b.row - a.row);
}

function clusterOf(places: Places, cell: readonly number[]): Cluster {
  let [south, west, north, east] = [90, 180, -90, -180];
  let [latitudes, longitudes, row] = [0, 0, 0];
  for (const at of cell) {
    const [latitude, longitude] = pointAt(places, at);
    [south, north] = [Math.min(south, latitude), Math.max(north, latitude)];
    [west, east] = [Math.min(west, longitude), Math.max(east, longitude)];
    latitudes += latitude;
    longitudes += longitude;
    row = Math.max(row, places.rows[at] ?? 0);
  }
  const count = cell.length;
  return { latitude: latitudes / count, longitude: longitudes / count, count, row, area: { south, west, north, east } };
}

/** Rows of the items that were taken in an area. */
export function rowsIn(places: Places, area: Area): Set<number> {
  const found = new Set<number>();
  for (let at = 0; at < places.rows.length; at++) if (isIn(area, ...pointAt(places, at))) found.add(places.rows[at] ?? 0);
  return found;
}

function isIn({ south, west, north, east }: Area, latitude: number, longitude: number): boolean {
  return latitude >= south && latitude <= north && longitude >= west && longitude <= east;
}

function pointAt({ latitudes, longitudes }: Places, at: number): [latitude: number, longitude: number] {
  return [latitudes[at] ?? 0, longitudes[at] ?? 0];
}
