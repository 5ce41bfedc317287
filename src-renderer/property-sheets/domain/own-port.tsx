/** A port of its own for a remote domain; unticked is the port of the virtual server. */
import type { ReactElement } from 'react';
import { LimitSetting } from '../fields';

const submissionPort = 587;

export function OwnPort(): ReactElement {
  return (
    <LimitSetting
      name="port"
      label="Use a TCP port of its own"
      offWord="server's port"
      proposal={submissionPort}
      hint={false}
    />
  );
}
