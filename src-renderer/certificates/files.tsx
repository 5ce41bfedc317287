/** Files of the person at the console: choosing one to read, and saving one. */
import { Button, makeStyles, Textarea, type TextareaProps, tokens } from '@fluentui/react-components';
import { type ReactElement, useRef, useState } from 'react';
import { useHost } from '../client';
import { cleanFileName, downloadBytes } from '../ui/save-file';
import { textOfFile } from './typed';

const useStyles = makeStyles({
  row: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalM, minWidth: 0 },
  name: {
    color: tokens.colorNeutralForeground2,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
  fault: { color: tokens.colorPaletteRedForeground1, fontSize: tokens.fontSizeBase200 },
  column: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalXS,
    alignItems: 'flex-start',
  },
  code: {
    width: '100%',
    '& textarea': {
      fontFamily: tokens.fontFamilyMonospace,
      fontSize: tokens.fontSizeBase200,
      minHeight: '88px',
    },
  },
});

export interface ChosenFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface FileButtonProps {
  readonly label: string;
  /** Endings that are offered first: ".pfx,.p12". */
  readonly accept: string;
  readonly maxBytes: number;
  readonly onFile: (file: ChosenFile) => void;
  readonly size?: 'small' | 'medium';
  /** Ids of what describes it. */
  readonly describedBy?: string | undefined;
}

/** The system's own dialog, behind a button like any other. */
function FileButton(props: FileButtonProps): ReactElement {
  const { label, accept, maxBytes, onFile, size = 'medium', describedBy } = props;
  const styles = useStyles();
  const input = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<string>();
  const read = async (file: File): Promise<void> => {
    if (file.size > maxBytes) return setFault(`${file.name} is too large for this.`);
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      setFault(undefined);
      onFile({ name: file.name, bytes });
    } catch {
      setFault(`${file.name} cannot be read.`);
    }
  };
  return (
    <>
      <Button
        size={size}
        onClick={() => input.current?.click()}
        {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
      >
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          // The same file, changed meanwhile, can be chosen again.
          event.target.value = '';
          if (file !== undefined) void read(file);
        }}
      />
      {fault !== undefined && (
        <span role="alert" className={styles.fault}>
          {fault}
        </span>
      )}
    </>
  );
}

/** A file, and its name once it is chosen. */
export function FileChoice(
  props: Omit<FileButtonProps, 'describedBy'> & { readonly chosen: string | undefined },
): ReactElement {
  const { chosen, ...rest } = props;
  const styles = useStyles();
  return (
    <div className={styles.row}>
      <FileButton {...rest} />
      <span className={styles.name}>{chosen ?? 'No file chosen'}</span>
    </div>
  );
}

export interface PemInputProps extends Omit<TextareaProps, 'value' | 'onChange'> {
  readonly value: string;
  readonly onValue: (text: string, fileName?: string) => void;
  readonly fileLabel: string;
  readonly accept: string;
  /** What a binary file holds: "CERTIFICATE". */
  readonly pemLabel: string;
}

/** As much as the engine takes. */
const maxPemBytes = 200_000;

/** Text to paste, or a file to fill it from. Further properties go to the field, so that it can stand in a Field. */
export function PemInput({
  value,
  onValue,
  fileLabel,
  accept,
  pemLabel,
  ...rest
}: PemInputProps): ReactElement {
  const styles = useStyles();
  return (
    <div className={styles.column}>
      <Textarea
        {...rest}
        className={styles.code}
        value={value}
        rows={5}
        spellCheck={false}
        onChange={(_, data) => onValue(data.value)}
      />
      <FileButton
        size="small"
        label={fileLabel}
        accept={accept}
        maxBytes={maxPemBytes}
        onFile={({ name, bytes }) => onValue(textOfFile(bytes, pemLabel), name)}
      />
    </div>
  );
}

/** Resolves to whether the file was given out; false when the person thought better of it. */
export function useSaveFile(): (name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<boolean> {
  const host = useHost();
  return async (name, bytes) => {
    const cleaned = cleanFileName(name, 'certificate');
    if (host) return host.saveFile(cleaned, bytes);
    downloadBytes(cleaned, bytes);
    return true;
  };
}
