/** The request as text: to copy into the form of an authority, or to save as a file. */
import { Button, makeStyles, Textarea, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { FormDialog } from '../ui/form-dialog';
import { useSaveFile } from './files';
import type { DialogParts } from './form';

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

export interface RequestText {
  readonly name: string;
  readonly pem: string;
}

export function RequestTextDialog({
  request,
  onClose,
}: {
  readonly request: RequestText;
  readonly onClose: () => void;
}): ReactElement {
  const parts = useRequestText(onClose);
  return <FormDialog {...parts(request)} isDirty={false} onClose={onClose} />;
}

/** The dialog's parts, for one that becomes this one. */
export function useRequestText(onClose: () => void): (request: RequestText) => DialogParts {
  const styles = useStyles();
  const saveFile = useSaveFile();
  const [said, setSaid] = useState('');
  const copy = async (pem: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(pem);
      setSaid('Copied.');
    } catch {
      setSaid('The clipboard could not be used. Select the text and copy it.');
    }
  };
  const save = async ({ name, pem }: RequestText): Promise<void> => {
    try {
      if (await saveFile(`${name}.csr`, new TextEncoder().encode(pem))) setSaid('Saved.');
    } catch {
      setSaid('The file was not written. Choose another place.');
    }
  };
  return (request) => ({
    title: `Request: ${request.name}`,
    size: 'wide',
    pageKey: 'request',
    note: <span role="status">{said}</span>,
    onSubmit: onClose,
    buttons: [
      <Button key="copy" onClick={() => void copy(request.pem)}>
        Copy
      </Button>,
      <Button key="save" onClick={() => void save(request)}>
        Save…
      </Button>,
      <Button key="close" type="submit" appearance="primary">
        Close
      </Button>,
    ],
    children: (
      <div className={styles.body}>
        <div>
          Give this request to a certification authority. Its answer goes in by Install Answer…; the private
          key stays on this computer meanwhile.
        </div>
        <Textarea
          className={styles.code}
          aria-label="Certificate request"
          readOnly
          value={request.pem}
          rows={14}
        />
      </div>
    ),
  });
}
