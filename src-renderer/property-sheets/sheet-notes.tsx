/** What a sheet says about itself: a change waits for a restart, nothing may be changed, what it showed is gone. */
import { Button, MessageBar, MessageBarActions, MessageBarBody } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { roleWithArticle } from '../../src-main/api/contract';
import { type Fault, readFault, useMe } from '../client';
import { FormDialog } from '../ui/form-dialog';

/** Stands as long as a stored change waits. */
export function RestartBar({ onRestart }: { readonly onRestart: () => void }): ReactElement {
  return (
    <MessageBar intent="warning">
      <MessageBarBody>A stored change waits for a restart. Open sessions get 421 then.</MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={onRestart}>
          Restart now
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}

/** Why the person at the console may change nothing; undefined: may. null while that is not known yet. */
export function useReasonAgainstChange(): string | undefined | null {
  const { data: me, error } = useMe();
  if (me === undefined) return error === null ? null : readFault(error).text;
  return me.role === 'administrator'
    ? undefined
    : `You are signed in as ${roleWithArticle(me.role)}: settings can be looked at here, and changed by an administrator only.`;
}

export interface GoneDialogProps {
  readonly title: string;
  /** "This virtual server" */
  readonly what: string;
  readonly fault: Fault;
  readonly onClose: () => void;
}

/** In place of a sheet whose subject cannot be read, or is there no more. */
export function GoneDialog({ title, what, fault, onClose }: GoneDialogProps): ReactElement {
  return (
    <FormDialog
      title={title}
      size="small"
      isDirty={false}
      onSubmit={onClose}
      onClose={onClose}
      buttons={[
        <Button key="close" type="submit" appearance="primary" autoFocus>
          Close
        </Button>,
      ]}
    >
      {fault.code === 'not-found'
        ? `${what} was deleted or renamed elsewhere. What was entered here and not applied is dropped with it.`
        : fault.text}
    </FormDialog>
  );
}
