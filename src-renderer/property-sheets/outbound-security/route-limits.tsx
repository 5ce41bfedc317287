/** Limits of a route of its own: of a remote domain, or of some senders. */
import type { ReactElement } from 'react';
import { LimitSetting } from '../fields';
import { Group } from '../group';

export function RouteLimits(): ReactElement {
  return (
    <Group title="Limits">
      <LimitSetting
        name="maxConnections"
        label="Limit number of connections to"
        offWord="server's limit"
        proposal={10}
        hint="At the same time."
      />
      <LimitSetting
        name="maxMessagesPerMinute"
        label="Limit number of messages per minute to"
        offWord="server's limit"
        proposal={30}
        hint="Further messages wait for the next minute. For providers that refuse more than so many."
      />
    </Group>
  );
}
