/** A text that people carry elsewhere: shown whole, in a field of its own, with a button that copies it. */
import { Button, Field, makeStyles, Textarea, tokens } from '@fluentui/react-components';
import { CheckmarkRegular, CopyRegular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import { useCopy } from '../ui/use-copy';

const useStyles = makeStyles({
  row: { display: 'flex', alignItems: 'flex-start', gap: tokens.spacingHorizontalS },
  text: {
    flexGrow: 1,
    minWidth: 0,
    '& textarea': {
      fontFamily: tokens.fontFamilyMonospace,
      fontSize: tokens.fontSizeBase200,
      minHeight: '32px',
      maxHeight: 'none',
      overflowWrap: 'anywhere',
    },
  },
  button: { flexShrink: 0, minWidth: '96px' },
});

const charactersOfLine = 56;
const mostRows = 9;

export interface CopyTextProps {
  readonly label: string;
  readonly hint?: string;
  readonly text: string;
}

export function CopyText({ label, hint, text }: CopyTextProps): ReactElement {
  const styles = useStyles();
  const { copied, copy, forget } = useCopy();
  const isCopied = copied === text;
  return (
    <div className={styles.row}>
      <Field label={label} {...(hint === undefined ? {} : { hint })} className={styles.text}>
        <Textarea
          className={styles.text}
          readOnly
          value={text}
          rows={Math.min(mostRows, Math.ceil(text.length / charactersOfLine))}
          onFocus={(event) => event.currentTarget.select()}
        />
      </Field>
      <Button
        className={styles.button}
        style={{ marginBlockStart: '24px' }}
        aria-label={`Copy: ${label}`}
        icon={isCopied ? <CheckmarkRegular /> : <CopyRegular />}
        onClick={() => copy(text, label)}
        onBlur={forget}
      >
        {isCopied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}
