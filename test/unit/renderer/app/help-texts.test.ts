import { expect, it } from 'vitest';
import { helpOf } from '../../../../src-renderer/app/help-texts';
import { type Place, serverFolders } from '../../../../src-renderer/console-tree/places';

const places: readonly Place[] = [
  { kind: 'computer' },
  { kind: 'server', serverId: 1 },
  ...serverFolders.map((folder) => ({ kind: 'folder' as const, serverId: 1, folder })),
];

it('tells of every node what it is, each in its own words', () => {
  const texts = places.map((place) => helpOf({ place, item: undefined }));
  expect(new Set(texts.map((text) => text.title)).size).toBe(places.length);
  for (const { paragraphs } of texts) expect(paragraphs.length).toBeGreaterThan(1);
});

it('tells of a domain what kind of domain it is', () => {
  const place: Place = { kind: 'folder', serverId: 1, folder: 'domains' };
  const titles = (['default', 'alias', 'remote'] as const).map(
    (type) =>
      helpOf({
        place,
        item: {
          kind: 'domain',
          domain: { name: 'a.test', type, settings: { type: 'alias', name: 'a.test' } },
        },
      }).title,
  );
  expect(titles).toEqual(['Default domain', 'Alias domain', 'Remote domain']);
});
