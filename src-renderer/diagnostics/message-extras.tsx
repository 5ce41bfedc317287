/** What a test message may have besides its text: copies, HTML, header fields, attachments. */
import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  Button,
  Field,
  Input,
  makeStyles,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { AttachRegular, DismissRegular } from '@fluentui/react-icons';
import { type ReactElement, useRef, useState } from 'react';
import { formatSize } from '../ui/format';

export interface Attachment {
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly contentBase64: string;
}

export interface Extras {
  readonly cc: string;
  readonly bcc: string;
  readonly html: string;
  /** "Name: value", one in a line. */
  readonly headers: string;
  readonly attachments: readonly Attachment[];
}

export const noExtras: Extras = { cc: '', bcc: '', html: '', headers: '', attachments: [] };

const mostAttachedBytes = 25 * 1024 * 1024;

/** Fields of the text, or the line that is none. Pure. */
export function parseHeaders(
  text: string,
): { readonly headers: { name: string; value: string }[] } | { readonly fault: string } {
  const headers: { name: string; value: string }[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [, name, value] = /^\s*([!-9;-~]+)\s*:\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined)
      return { fault: `"${line.trim().slice(0, 60)}" is no header field. Write Name: value.` };
    headers.push({ name, value: value.trim() });
  }
  return { headers };
}

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  pair: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalL,
  },
  panel: { margin: 0 },
  mono: { '& textarea': { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 } },
  list: { margin: 0, padding: 0, listStyleType: 'none' },
  file: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS },
  name: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  size: { color: tokens.colorNeutralForeground2, whiteSpace: 'nowrap' },
});

export interface MessageExtrasProps {
  readonly extras: Extras;
  readonly onChange: (part: Partial<Extras>) => void;
  /** What was refused: its field and why. */
  readonly told: (field: string) => object;
}

export function MessageExtras({ extras, onChange, told }: MessageExtrasProps): ReactElement {
  const styles = useStyles();
  const [isOpen] = useState(() => extras.headers !== '' || extras.cc !== '');
  const headers = parseHeaders(extras.headers);
  return (
    <Accordion collapsible defaultOpenItems={isOpen ? ['extras'] : []}>
      <AccordionItem value="extras">
        <AccordionHeader size="small">Copies, HTML, header fields, attachments</AccordionHeader>
        <AccordionPanel className={styles.panel}>
          <div className={styles.fields}>
            <div className={styles.pair}>
              <Field label="Cc" {...told('cc')}>
                <Input value={extras.cc} onChange={(_, data) => onChange({ cc: data.value })} />
              </Field>
              <Field label="Bcc" {...told('bcc')}>
                <Input value={extras.bcc} onChange={(_, data) => onChange({ bcc: data.value })} />
              </Field>
            </div>
            <Field label="HTML" hint="Stands beside the text." {...told('html')}>
              <Textarea
                className={styles.mono}
                rows={3}
                resize="vertical"
                value={extras.html}
                onChange={(_, data) => onChange({ html: data.value })}
              />
            </Field>
            <Field
              label="Header fields"
              hint="One in a line, such as X-Priority: 1"
              {...('fault' in headers
                ? { validationState: 'error' as const, validationMessage: headers.fault }
                : told('headers'))}
            >
              <Textarea
                className={styles.mono}
                rows={2}
                resize="vertical"
                value={extras.headers}
                onChange={(_, data) => onChange({ headers: data.value })}
              />
            </Field>
            <Attachments extras={extras} onChange={onChange} told={told} />
          </div>
        </AccordionPanel>
      </AccordionItem>
    </Accordion>
  );
}

function Attachments({ extras, onChange, told }: MessageExtrasProps): ReactElement {
  const styles = useStyles();
  const input = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<string>();
  const { attachments } = extras;
  const add = async (files: readonly File[]): Promise<void> => {
    const before = attachments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (files.reduce((sum, { size }) => sum + size, before) > mostAttachedBytes)
      return setFault('Attachments have at most 25 MB together.');
    try {
      const read = await Promise.all(files.map(readAttachment));
      setFault(undefined);
      onChange({ attachments: [...attachments, ...read] });
    } catch {
      setFault('The file could not be read.');
    }
  };
  return (
    <Field
      label="Attachments"
      {...(fault === undefined
        ? told('attachments')
        : { validationState: 'error' as const, validationMessage: fault })}
    >
      <div>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            const files = [...(event.target.files ?? [])];
            event.target.value = '';
            void add(files);
          }}
        />
        <ul className={styles.list}>
          {attachments.map((file, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two files may have one name.
            <li key={`${index}/${file.name}`} className={styles.file}>
              <span className={styles.name}>{file.name}</span>
              <span className={styles.size}>{formatSize(file.sizeBytes)}</span>
              <Button
                size="small"
                appearance="subtle"
                icon={<DismissRegular />}
                aria-label={`Remove ${file.name}`}
                onClick={() => onChange({ attachments: attachments.filter((_, at) => at !== index) })}
              />
            </li>
          ))}
        </ul>
        <Button size="small" icon={<AttachRegular />} onClick={() => input.current?.click()}>
          Attach…
        </Button>
      </div>
    </Field>
  );
}

async function readAttachment(file: File): Promise<Attachment> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  return {
    name: file.name.slice(0, 255) || 'attachment',
    type: file.type.slice(0, 100) || 'application/octet-stream',
    sizeBytes: file.size,
    contentBase64: url.slice(url.indexOf(',') + 1),
  };
}
