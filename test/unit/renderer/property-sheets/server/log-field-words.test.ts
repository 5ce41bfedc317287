import { expect, it } from 'vitest';
import { logFields } from '../../../../../src-main/api/contract';
import { logFieldGroups } from '../../../../../src-renderer/property-sheets/server/log-field-words';

it('offers every field of the log once', () => {
  const offered = logFieldGroups.flatMap((group) => group.fields.map((field) => field.name));
  expect(offered.toSorted()).toEqual([...logFields].toSorted());
});
