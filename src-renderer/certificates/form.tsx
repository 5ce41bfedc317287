/** What the small forms about certificates share: sending once, and telling a refusal at its field. */
import { Button, Field, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import { type Action, type Fault, keys, useAction } from '../client';
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

/** One change of the certificates at a time. */
export const useSubmission = (): Action => useAction(keys.certificates);

/** "names.1" belongs to the field "names". */
const fieldOf = (fault: Fault | undefined): string => fault?.field?.split('.')[0] ?? '';

export interface ActionDialogProps
  extends Pick<FormDialogProps, 'title' | 'size' | 'isDirty' | 'onSubmit' | 'onClose' | 'pageKey'> {
  readonly verb: string;
  readonly submission: Action;
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
  readonly submission: Action;
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
