/**
 * A name edited in place, in a tree or a list: Enter or leaving the field takes it, Esc gives it up. A refusal
 * is told beside the field, which stays open; leaving it then gives up.
 */
import { Input, makeStyles, Tooltip, tokens } from '@fluentui/react-components';
import { ErrorCircleFilled } from '@fluentui/react-icons';
import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import { announce } from './announcer';

const useStyles = makeStyles({
  fault: {
    display: 'flex',
    alignItems: 'start',
    gap: tokens.spacingHorizontalXS,
    color: tokens.colorPaletteRedForeground1,
  },
  icon: { flexShrink: 0, fontSize: tokens.fontSizeBase400 },
  root: { flexGrow: 1, minWidth: 0, width: '100%', '& input': { minWidth: 0 } },
});

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

  const input = useRef<HTMLInputElement | null>(null);
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);

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
    announce(refusal, 'assertive');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Enter') void submit();
    else if (event.key === 'Escape') end();
    else return;
    event.preventDefault();
  };

  return (
    <Tooltip
      content={{
        children: (
          <span className={styles.fault}>
            <ErrorCircleFilled aria-hidden className={styles.icon} />
            {fault}
          </span>
        ),
      }}
      visible={fault !== undefined}
      relationship="description"
      positioning="below-start"
    >
      <Input
        ref={(element: HTMLInputElement | null) => {
          input.current = element;
        }}
        className={styles.root}
        size="small"
        aria-label="New name"
        aria-invalid={fault !== undefined}
        value={text}
        onChange={(_, data) => setText(data.value)}
        onKeyDown={onKeyDown}
        // The row behind opens on a double click; in the field that selects a word.
        onDoubleClick={(event) => event.stopPropagation()}
        onClick={(event) => event.stopPropagation()}
        onBlur={() => void (fault === undefined ? submit() : end())}
      />
    </Tooltip>
  );
}
