/** A name edited in place: Enter or leaving the field takes it, Esc gives it up; a refusal is told below. */
import { Field, Input, makeStyles } from '@fluentui/react-components';
import { type KeyboardEvent, type ReactElement, useRef, useState } from 'react';

const useStyles = makeStyles({ field: { flexGrow: 1, minWidth: 0, paddingBlock: '2px' } });

export interface RenameFieldProps {
  readonly name: string;
  /** Resolves to the reason when the name was refused. */
  readonly onSubmit: (name: string) => Promise<string | undefined>;
  readonly onEnd: () => void;
}

export function RenameField({ name, onSubmit, onEnd }: RenameFieldProps): ReactElement {
  const styles = useStyles();
  const [text, setText] = useState(name);
  const [fault, setFault] = useState<string>();
  // Ending removes the field, which blurs it: that must not submit a second time.
  const isOver = useRef(false);

  const end = (): void => {
    isOver.current = true;
    onEnd();
  };
  const submit = async (): Promise<void> => {
    if (isOver.current) return;
    if (text.trim() === name || text.trim() === '') return end();
    isOver.current = true;
    const refusal = await onSubmit(text.trim());
    if (refusal === undefined) return onEnd();
    isOver.current = false;
    setFault(refusal);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Enter') void submit();
    else if (event.key === 'Escape') end();
  };

  return (
    <Field
      className={styles.field}
      {...(fault === undefined ? {} : { validationState: 'error' as const, validationMessage: fault })}
    >
      <Input
        size="small"
        aria-label="New name"
        value={text}
        autoFocus
        onFocus={(event) => event.target.select()}
        onChange={(_, data) => setText(data.value)}
        onKeyDown={onKeyDown}
        onBlur={() => void (fault === undefined ? submit() : end())}
      />
    </Field>
  );
}
