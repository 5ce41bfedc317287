/** Limits: what one incoming connection may cost before it is closed. */
import type { ReactElement } from 'react';
import { LimitSetting } from '../fields';
import { Group } from '../group';
import type { DialogOpenerProps } from '../sheet-dialog';
import { dialogKeys } from './page-keys';

function Limits(): ReactElement {
  return (
    <Group title="What one incoming connection may cost">
      <LimitSetting
        name="maxSessionMinutes"
        hint="One that is older is closed, but never in the middle of a message."
      />
      <LimitSetting name="minBytesPerSecond" />
      <LimitSetting
        name="maxErrors"
        hint="Commands that are refused for good. The connection is closed behind the last one allowed."
      />
      <LimitSetting
        name="maxCommands"
        hint="Recipients that are accepted do not count, and a message begins the count anew."
      />
    </Group>
  );
}

export const limitsOpener: DialogOpenerProps = {
  label: 'Limits…',
  title: 'Limits',
  size: 'wide',
  pages: [{ id: 'general', title: 'General', keys: dialogKeys.limits, content: <Limits /> }],
};
