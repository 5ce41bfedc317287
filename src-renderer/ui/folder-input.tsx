/** A path and a button that chooses one. */
import { Button, Input, type InputProps, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';

const useStyles = makeStyles({
  root: { display: 'flex', gap: tokens.spacingHorizontalS },
  input: { flexGrow: 1, minWidth: 0 },
});

export interface FolderInputProps extends Omit<InputProps, 'value' | 'onChange'> {
  readonly value: string;
  readonly onValue: (path: string) => void;
  /** Resolves to undefined when nothing was chosen. */
  readonly browse: (startPath: string) => Promise<string | undefined>;
}

/** Further properties go to the field, so that it can stand in a Field. */
export function FolderInput({ value, onValue, browse, ...rest }: FolderInputProps): ReactElement {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      <Input {...rest} className={styles.input} value={value} onChange={(_, data) => onValue(data.value)} />
      <Button
        disabled={rest.disabled === true}
        onClick={() =>
          void browse(value || String(rest.placeholder ?? '')).then(
            (path) => path !== undefined && onValue(path),
          )
        }
      >
        Browse…
      </Button>
    </div>
  );
}
