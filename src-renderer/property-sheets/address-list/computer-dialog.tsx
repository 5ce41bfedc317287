/** "Computer": one entry of a list is made or changed: a single computer, a group of computers, a domain. */
import { Button, Field, Input, makeStyles, Radio, RadioGroup, tokens } from '@fluentui/react-components';
import { WarningFilled } from '@fluentui/react-icons';
import { type FocusEvent, type ReactElement, useState } from 'react';
import { kindWords } from '../../../src-main/api/contract';
import { FormDialog } from '../../ui/form-dialog';
import { analyseList, findRepetition } from './analysis';
import { describeEntry } from './entry-columns';
import {
  draftOf,
  type EntryDraft,
  isSameDraft,
  readDraft,
  withoutSubnetMask,
  withSubnetAddress,
} from './entry-draft';
import { LookUpDialog } from './look-up-dialog';

export interface ComputerDialogProps {
  /** undefined: a new one. */
  readonly text: string | undefined;
  /** The rest of the list. */
  readonly others: readonly string[];
  readonly serverId: number;
  readonly takesDomains: boolean;
  readonly onAccept: (text: string) => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM, minHeight: '232px' },
  radios: { marginInlineStart: '-8px' },
  beside: { display: 'flex', gap: tokens.spacingHorizontalS },
  grow: { flexGrow: 1, minWidth: 0, '& input': { minWidth: 0 } },
  fixed: { flexShrink: 0 },
  pair: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalM,
    alignItems: 'start',
  },
  // What OK takes is not what was typed: not in the small print.
  note: {
    display: 'flex',
    alignItems: 'start',
    gap: tokens.spacingHorizontalXS,
    margin: 0,
    marginBlockEnd: tokens.spacingVerticalXS,
    fontWeight: tokens.fontWeightSemibold,
  },
  icon: {
    display: 'inline-flex',
    paddingBlockStart: tokens.spacingVerticalXXS,
    color: tokens.colorPaletteYellowForeground2,
  },
  meaning: {
    '& p': { margin: 0, marginBlockEnd: tokens.spacingVerticalXXS },
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
  },
});

const told = (reason: string | undefined) =>
  reason === undefined ? {} : { validationState: 'error' as const, validationMessage: reason };

export function ComputerDialog(props: ComputerDialogProps): ReactElement {
  const { text, others, serverId, takesDomains, onAccept, onClose } = props;
  const styles = useStyles();
  const [initial] = useState(() => draftOf(text));
  const [draft, setDraft] = useState(initial);
  const [isLeft, setIsLeft] = useState(false);
  const [isLookingUp, setIsLookingUp] = useState(false);
  const change = (part: Partial<EntryDraft>): void => setDraft((before) => ({ ...before, ...part }));
  // An empty field that is only passed by is not wrong yet.
  const leave = (event: FocusEvent<HTMLInputElement>): void => {
    if (event.target.value !== '') setIsLeft(true);
  };

  const reading = readDraft(draft);
  const entry = 'entry' in reading ? reading.entry : undefined;
  const repetition = entry && findRepetition(entry, others);
  const faultOf = (field: string): string | undefined => {
    // A repetition is told at once: the entry is complete, and nothing else can be done about it.
    if (repetition !== undefined) return field === mainField[draft.kind] ? repetition : undefined;
    return isLeft && 'field' in reading && reading.field === field ? reading.reason : undefined;
  };
  const submit = (): void => {
    setIsLeft(true);
    if (entry !== undefined && repetition === undefined) onAccept(entry.text);
  };

  return (
    <FormDialog
      title="Computer"
      size="small"
      isDirty={!isSameDraft(draft, initial)}
      onSubmit={submit}
      onClose={onClose}
      buttons={[
        <Button key="ok" type="submit" appearance="primary">
          OK
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <div className={styles.form}>
        <Field label="Type">
          <RadioGroup
            className={styles.radios}
            value={draft.kind}
            onChange={(_, data) => {
              setIsLeft(false);
              change({ kind: data.value as EntryDraft['kind'] });
            }}
          >
            <Radio value="computer" label={kindWords.computer} />
            <Radio value="subnet" label={kindWords.subnet} />
            {takesDomains && <Radio value="domain" label={kindWords.domain} />}
          </RadioGroup>
        </Field>
        {draft.kind === 'computer' && (
          <Field label="IP address" {...told(faultOf('address'))}>
            {(field) => (
              <div className={styles.beside}>
                <Input
                  {...field}
                  className={styles.grow}
                  data-first-focus
                  value={draft.address}
                  placeholder="192.0.2.10 or 2001:db8::10"
                  onChange={(_, data) => change({ address: data.value })}
                  onBlur={leave}
                />
                <Button className={styles.fixed} onClick={() => setIsLookingUp(true)}>
                  DNS Lookup…
                </Button>
              </div>
            )}
          </Field>
        )}
        {draft.kind === 'subnet' && (
          <div className={styles.pair}>
            <Field label="Subnet address" {...told(faultOf('subnet'))}>
              <Input
                className={styles.grow}
                data-first-focus
                value={draft.subnet}
                placeholder="192.0.2.0 or 2001:db8::"
                onChange={(_, data) => setDraft(withSubnetAddress(draft, data.value))}
                onBlur={(event) => {
                  leave(event);
                  setDraft(withoutSubnetMask);
                }}
              />
            </Field>
            <Field
              label="Subnet mask"
              {...(draft.isMaskTaken && { hint: 'Taken from the subnet address.' })}
              {...told(faultOf('mask'))}
            >
              <Input
                className={styles.grow}
                value={draft.mask}
                placeholder={draft.subnet.includes(':') ? '/64' : '255.255.255.0 or /24'}
                onChange={(_, data) => change({ mask: data.value, isMaskTaken: false })}
                onBlur={leave}
              />
            </Field>
          </div>
        )}
        {draft.kind === 'domain' && (
          <Field
            label="Domain"
            hint="The host name of every client is then looked up in DNS when it connects, and has to lead back to its address. That is slow, and a client without such a name is not in the domain."
            {...told(faultOf('domain'))}
          >
            <Input
              data-first-focus
              value={draft.domain}
              placeholder="example.com"
              onChange={(_, data) => change({ domain: data.value })}
              onBlur={leave}
            />
          </Field>
        )}
        {entry !== undefined && repetition === undefined && (
          <div role="status">
            {'note' in reading && (
              <p className={styles.note}>
                <span className={styles.icon} aria-hidden>
                  <WarningFilled />
                </span>
                {reading.note}
              </p>
            )}
            <div className={styles.meaning}>
              <Meaning text={entry.text} others={others} />
            </div>
          </div>
        )}
      </div>
      {isLookingUp && (
        <LookUpDialog
          serverId={serverId}
          onAccept={(address) => {
            setIsLookingUp(false);
            change({ address });
          }}
          onClose={() => setIsLookingUp(false)}
        />
      )}
    </FormDialog>
  );
}

/** The field at which a fault of the whole entry is told. */
const mainField = { computer: 'address', subnet: 'subnet', domain: 'domain' } as const;

/** What the entry stands for, and what is odd about it in this list. */
function Meaning({
  text,
  others,
}: {
  readonly text: string;
  readonly others: readonly string[];
}): ReactElement | null {
  const row = analyseList([...others, text]).at(-1);
  if (row?.entry === undefined) return null;
  const { entry, coveredBy, breadth } = row;
  const sentences = [
    ...(entry.kind === 'computer' ? [] : [`${describeEntry(entry)}.`]),
    ...(breadth === undefined ? [] : [`${breadth.text}: strangers are among them.`]),
    ...(coveredBy === undefined ? [] : [`${text} is already covered by ${coveredBy}.`]),
  ];
  return (
    <>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </>
  );
}
