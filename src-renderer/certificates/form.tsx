/** What the small forms about certificates share: sending once, and telling a refusal at its field. */
import { Button, Field, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, type ReactNode, useState } from 'react';
import { type Fault, keys, readFault } from '../client';
import { FormDialog, type FormDialogProps } from '../ui/form-dialog';

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  pair: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
    gap: tokens.spacingHorizontalM,
    alignItems: 'start',
  },
});

export interface Submission {
  readonly isBusy: boolean;
  readonly fault: Fault | undefined;
  /** Runs once at a time; reads the list again when it is done, and keeps what went wrong. */
  readonly send: (run: () => Promise<void>) => Promise<void>;
  /** Puts a fault that was found here. */
  readonly refuse: (field: string, text: string) => void;
  /** A field was changed: what was said of it is no longer true. */
  readonly clear: () => void;
}

export function useSubmission(): Submission {
  const queryClient = useQueryClient();
  const [fault, setFault] = useState<Fault>();
  const [isBusy, setIsBusy] = useState(false);
  return {
    isBusy,
    fault,
    send: async (run) => {
      if (isBusy) return;
      setIsBusy(true);
      setFault(undefined);
      try {
        await run();
      } catch (error) {
        setFault(readFault(error));
      } finally {
        void queryClient.invalidateQueries({ queryKey: keys.certificates });
        setIsBusy(false);
      }
    },
    refuse: (field, text) => setFault({ code: 'invalid', field, text }),
    clear: () => setFault(undefined),
  };
}

/** "names.1" belongs to the field "names". */
const fieldOf = (fault: Fault | undefined): string => fault?.field?.split('.')[0] ?? '';

export interface ActionDialogProps
  extends Pick<FormDialogProps, 'title' | 'size' | 'isDirty' | 'onSubmit' | 'onClose' | 'pageKey'> {
  readonly verb: string;
  readonly submission: Submission;
  /** Names of the fields that tell their fault themselves. */
  readonly fields: readonly string[];
  readonly canSubmit?: boolean;
  /**
   * What the dialog shows once it is done. In the same dialog: one that opens in the moment in which another goes
   * leaves what lies behind both unreachable.
   */
  readonly result?: DialogParts | undefined;
  readonly children: ReactNode;
}

/** What makes one dialog look like another. */
export type DialogParts = Omit<FormDialogProps, 'onClose' | 'isDirty'>;

/** A small form with one verb; what belongs to no field is told on top. */
export function ActionDialog(props: ActionDialogProps): ReactElement {
  const { verb, submission, fields, canSubmit = true, result, children, onSubmit, onClose, ...rest } = props;
  const styles = useStyles();
  const { fault, isBusy } = submission;
  const isRight = canSubmit && !isBusy;
  if (result !== undefined) return <FormDialog {...result} isDirty={false} onClose={onClose} />;
  return (
    <FormDialog
      size="small"
      {...rest}
      onClose={onClose}
      onSubmit={() => isRight && onSubmit()}
      note={isBusy ? <span role="status">Working…</span> : undefined}
      buttons={[
        <Button key="ok" type="submit" appearance="primary" disabledFocusable={!isRight}>
          {verb}
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <div className={styles.fields}>
        {fault !== undefined && !fields.includes(fieldOf(fault)) && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{fault.text}</MessageBarBody>
          </MessageBar>
        )}
        {children}
      </div>
    </FormDialog>
  );
}

export interface FaultFieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly isRequired?: boolean;
  readonly submission: Submission;
  readonly children: ReactElement;
}

/** A field that tells its fault. */
export function FaultField(props: FaultFieldProps): ReactElement {
  const { name, label, hint, isRequired = false, submission, children } = props;
  const { fault } = submission;
  const isWrong = fault !== undefined && fieldOf(fault) === name;
  return (
    <Field
      label={label}
      required={isRequired}
      {...(hint === undefined ? {} : { hint })}
      {...(isWrong ? { validationState: 'error', validationMessage: fault.text } : {})}
    >
      {children}
    </Field>
  );
}

/** Two fields side by side. */
export function FieldPair({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className={useStyles().pair}>{children}</div>;
}
