/** The request as text: to copy into the form of an authority, or to save as a file. */
import { Button, makeStyles, Textarea, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { FormDialog } from '../ui/form-dialog';
import { useSaveFile } from './files';

const useStyles = makeStyles({
  body: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  code: {
    '& textarea': {
      fontFamily: tokens.fontFamilyMonospace,
      fontSize: tokens.fontSizeBase200,
      minHeight: '260px',
    },
  },
});

export interface RequestTextDialogProps {
  readonly name: string;
  readonly pem: string;
  readonly onClose: () => void;
}

export function RequestTextDialog({ name, pem, onClose }: RequestTextDialogProps): ReactElement {
  const styles = useStyles();
  const saveFile = useSaveFile();
  const [said, setSaid] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(pem);
      setSaid('Copied.');
    } catch {
      setSaid('The clipboard could not be used. Select the text and copy it.');
    }
  };
  const save = async (): Promise<void> => {
    try {
      if (await saveFile(`${name}.csr`, new TextEncoder().encode(pem))) setSaid('Saved.');
    } catch {
      setSaid('The file was not written. Choose another place.');
    }
  };
  return (
    <FormDialog
      title={`Request: ${name}`}
      size="wide"
      isDirty={false}
      note={<span role="status">{said}</span>}
      onSubmit={onClose}
      onClose={onClose}
      buttons={[
        <Button key="copy" onClick={() => void copy()}>
          Copy
        </Button>,
        <Button key="save" onClick={() => void save()}>
          Save…
        </Button>,
        <Button key="close" type="submit" appearance="primary">
          Close
        </Button>,
      ]}
    >
      <div className={styles.body}>
        <div>
          Give this request to a certification authority. Its answer goes in by Install Answer…; the private
          key stays on this computer meanwhile.
        </div>
        <Textarea className={styles.code} aria-label="Certificate request" readOnly value={pem} rows={14} />
      </div>
    </FormDialog>
  );
}
