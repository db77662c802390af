// supercluster's side of `packaging/bench --only clusters`: the same points
// loaded, and everything in view at each zoom up to 10.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, modules] = process.argv.slice(2);
const require = createRequire(join(modules, 'package.json'));
const { default: Supercluster } = await import(pathToFileURL(require.resolve('supercluster')));

const pult = JSON.parse(readFileSync(join(folder, 'pult.json'), 'utf8'));
const bytes = readFileSync(join(folder, 'lonlat.f64'));
const places = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
const features = new Array(places.length / 2);
for (let i = 0; i < features.length; i++) {
  const coordinates = [places[2 * i], places[2 * i + 1]];
  features[i] = { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } };
}

const seconds = (call) => {
  const start = performance.now();
  call();
  return (performance.now() - start) / 1000;
};
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const line = (name, ours, theirs) => {
  const ms = (secs) => `${(secs * 1e3).toFixed(3)} ms`;
  console.log(`${name} pult ${ms(ours)} peer ${ms(theirs)} ratio ${(ours / theirs).toFixed(3)}`);
};

const index = new Supercluster({ radius: 46, extent: 256, maxZoom: 12 });
const name = `clusters-${Math.round(pult.rows / 1e6)}m`;
line(`${name}-load`, pult.load_secs, seconds(() => index.load(features)));
pult.query_secs.forEach((ours, at) => {
  const zoom = pult.first_zoom + at;
  const counted = index
    .getClusters(pult.bounds, zoom)
    .reduce((sum, found) => sum + (found.properties.point_count ?? 1), 0);
  if (counted !== pult.points) throw new Error(`zoom ${zoom}: ${counted} of ${pult.points} points`);
  const times = Array.from({ length: 51 }, () => seconds(() => index.getClusters(pult.bounds, zoom)));
  line(`${name}-query-z${zoom}`, ours, median(times));
});
