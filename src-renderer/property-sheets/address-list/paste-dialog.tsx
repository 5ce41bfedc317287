/** Paste: many entries at once. Wrong lines are named; nothing is added until they are right, or left out. */
import { Button, Field, makeStyles, Textarea, tokens } from '@fluentui/react-components';
import { ErrorCircleFilled } from '@fluentui/react-icons';
import { type ReactElement, useState } from 'react';
import { FormDialog } from '../../ui/form-dialog';
import { ScrollRegion } from '../../ui/scroll-region';
import { readLines } from './pasted-lines';

export interface PasteDialogProps {
  /** What was pasted so far. */
  readonly initial: string;
  readonly texts: readonly string[];
  readonly takesDomains: boolean;
  readonly onAccept: (added: readonly string[]) => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
  faults: { flexGrow: 0, height: 'auto', maxHeight: '104px' },
  list: { margin: 0, padding: 0, listStyleType: 'none' },
  fault: {
    display: 'flex',
    alignItems: 'start',
    gap: tokens.spacingHorizontalXS,
    color: tokens.colorPaletteRedForeground1,
    fontSize: tokens.fontSizeBase200,
  },
  icon: { display: 'inline-flex', flexShrink: 0, paddingBlockStart: tokens.spacingVerticalXXS },
});

/** More wrong lines than anybody mends by hand are counted. */
const mostShownFaults = 100;

const entriesOf = (count: number): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? 'entry' : 'entries'}`;

export function PasteDialog(props: PasteDialogProps): ReactElement {
  const { initial, texts, takesDomains, onAccept, onClose } = props;
  const styles = useStyles();
  const [text, setText] = useState(initial);
  const { good, bad, repeatedCount } = readLines(text, texts, { takesDomains });
  const isRight = bad.length === 0 && good.length > 0;
  const summary = [
    ...(good.length > 0 ? [`${entriesOf(good.length)} to add.`] : []),
    ...(repeatedCount > 0 ? [`${entriesOf(repeatedCount)} in the list already.`] : []),
    ...(bad.length > 0 ? [`${bad.length} ${bad.length === 1 ? 'line is' : 'lines are'} wrong.`] : []),
  ];
  return (
    <FormDialog
      title="Paste entries"
      size="small"
      isDirty={text.trim() !== ''}
      onSubmit={() => isRight && onAccept(good)}
      onClose={onClose}
      buttons={[
        <Button key="add" type="submit" appearance="primary" disabledFocusable={!isRight}>
          Add
        </Button>,
        ...(bad.length > 0 && good.length > 0
          ? [
              <Button key="good" onClick={() => onAccept(good)}>
                Add the good ones
              </Button>,
            ]
          : []),
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <div className={styles.form}>
        <Field
          label="Entries, one a line"
          hint={`IP addresses, subnets as 10.0.4.0/24 or 10.0.4.0 255.255.255.0${takesDomains ? ', and domains' : ''}. Empty lines, and what follows # or ;, are passed over.`}
        >
          <Textarea
            rows={8}
            resize="vertical"
            textarea={{ className: styles.code, spellCheck: false }}
            value={text}
            onChange={(_, data) => setText(data.value)}
          />
        </Field>
        {bad.length > 0 && (
          <ScrollRegion className={styles.faults} label="Wrong lines">
            <ul className={styles.list}>
              {bad.slice(0, mostShownFaults).map(({ line, reason }) => (
                <li key={line} className={styles.fault}>
                  <span className={styles.icon} aria-hidden>
                    <ErrorCircleFilled />
                  </span>
                  Line {line}: {reason}
                </li>
              ))}
            </ul>
          </ScrollRegion>
        )}
        <div role="status">{summary.join(' ')}</div>
      </div>
    </FormDialog>
  );
}
