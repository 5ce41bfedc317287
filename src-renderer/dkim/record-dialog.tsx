/** The DNS record of a key, for copying it to where the domain's DNS is kept. */
import { Button, Link, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import type { DkimRecord } from '../../src-main/api/contract';
import { FormDialog, type FormDialogProps } from '../ui/form-dialog';
import { CopyText } from './copy-text';
import { shortNameOf } from './key-words';

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  text: { margin: 0 },
});

export interface RecordFacts {
  readonly selector: string;
  readonly domain: string;
  readonly record: DkimRecord;
}

/** The dialog's parts, for one that becomes this one. */
export function recordParts(
  facts: RecordFacts,
  onClose: () => void,
): Omit<FormDialogProps, 'onClose' | 'isDirty'> {
  return {
    title: `DNS record: ${facts.record.name}`,
    size: 'wide',
    pageKey: 'record',
    onSubmit: onClose,
    buttons: [
      <Button key="close" type="submit" appearance="primary">
        Close
      </Button>,
    ],
    children: <RecordFields {...facts} />,
  };
}

export function RecordDialog({
  onClose,
  ...facts
}: RecordFacts & { readonly onClose: () => void }): ReactElement {
  return <FormDialog {...recordParts(facts, onClose)} isDirty={false} onClose={onClose} />;
}

function RecordFields({ selector, domain, record }: RecordFacts): ReactElement {
  const styles = useStyles();
  const [hasMore, setHasMore] = useState(false);
  return (
    <div className={styles.fields}>
      <p className={styles.text}>
        Add a record of the type TXT to the DNS of {domain}, where the domain is managed: often at the
        provider who sold it. With it receivers verify the signatures of this key. It holds the public key
        only.
      </p>
      <CopyText
        label="Name"
        hint={`Some providers put the domain behind it themselves; then enter only ${shortNameOf({ selector })}`}
        text={record.name}
      />
      <CopyText label="Value" text={record.value} />
      <Link
        as="button"
        type="button"
        inline
        aria-expanded={hasMore}
        onClick={() => setHasMore((before) => !before)}
      >
        {hasMore ? 'Hide the line for a zone file' : 'Show the line for a zone file (BIND and others)'}
      </Link>
      {hasMore && (
        <CopyText
          label="Line for a zone file"
          hint="In parts of at most 255 characters, as zone files want it."
          text={record.zoneLine}
        />
      )}
      <p className={styles.text}>
        Then choose Check now. It can take from minutes to a day until the record is seen everywhere.
      </p>
    </div>
  );
}
