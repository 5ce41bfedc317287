/** One part of a message: its header, and what can be shown of it without opening anything. */
import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { ArrowDownload20Regular, MailRegular, Warning16Filled } from '@fluentui/react-icons';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect, useState } from 'react';
import type { MailPart } from '../../src-main/mail-content';
import { LateSpinner } from '../ui/late-spinner';
import { cleanFileName } from '../ui/save-file';
import { describeRisk } from './attachment-risk';
import type { OpenMail } from './mail-reader';
import { usePartStyles } from './part-styles';
import { fallbackName, isAttachment, nameOfPart } from './part-tree';
import { isRaster, maxPictureBytes } from './pictures';

const maxTextCharacters = 200_000;

const useStyles = makeStyles({
  head: {
    display: 'flex',
    alignItems: 'flex-start',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalS,
    padding: tokens.spacingHorizontalM,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  words: { flexGrow: 1, minWidth: '160px', overflowWrap: 'anywhere' },
  name: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
  risk: {
    display: 'flex',
    gap: tokens.spacingHorizontalXS,
    marginTop: tokens.spacingVerticalXXS,
    color: tokens.colorStatusWarningForeground1,
    fontSize: tokens.fontSizeBase200,
  },
  icon: { flexShrink: 0 },
  quiet: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  picture: {
    display: 'block',
    maxWidth: `calc(100% - 2 * ${tokens.spacingHorizontalM})`,
    margin: tokens.spacingHorizontalM,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: 'white',
  },
  text: {
    margin: 0,
    padding: tokens.spacingHorizontalM,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    borderTop: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  field: { width: '180px' },
});

export interface PartPreviewProps {
  readonly mail: OpenMail;
  readonly part: MailPart;
  readonly onSave: (part: MailPart) => void;
  readonly onOpenMessage: (part: MailPart) => void;
}

export function PartPreview({ mail, part, onSave, onOpenMessage }: PartPreviewProps): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const { index } = part;
  const fields = useQuery({
    queryKey: ['part-fields', mail, index],
    queryFn: () => mail.fieldsOf(index),
    gcTime: 0,
    queryKeyHashFn: () => `part-fields/${identityOf(mail)}/${index}`,
  });
  const isContainer = part.isMultipart;
  const name = cleanFileName(part.fileName, fallbackName(part));
  const risk = !isAttachment(part) ? undefined : describeRisk(name, part.type);
  return (
    <div>
      <div className={styles.head}>
        <div className={styles.words}>
          <h3 className={styles.name}>{nameOfPart(part)}</h3>
          <div className={styles.quiet}>
            {[part.type, part.charset, part.encoding, part.disposition]
              .filter((each) => each !== '')
              .join(' · ')}
          </div>
          {risk !== undefined && (
            <div className={styles.risk}>
              <Warning16Filled className={styles.icon} aria-hidden />
              {risk}
            </div>
          )}
        </div>
        {part.isMessage && (
          <Button size="small" icon={<MailRegular />} onClick={() => onOpenMessage(part)}>
            Open message
          </Button>
        )}
        {!isContainer && (
          <Button size="small" icon={<ArrowDownload20Regular />} onClick={() => onSave(part)}>
            Save part…
          </Button>
        )}
      </div>
      <Shown key={index} mail={mail} part={part} />
      {fields.data !== undefined && fields.data.fields.length > 0 && (
        <table className={parts.table} aria-label="Header of the part">
          <tbody>
            {fields.data.fields.slice(0, 100).map((field) => (
              <tr key={field.start}>
                <th scope="row" className={styles.field}>
                  {field.name}
                </th>
                <td>{field.decoded.slice(0, 2000)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

const identities = new WeakMap<OpenMail, number>();
let lastIdentity = 0;
/** An open message has no name; the cache of answers needs one. */
function identityOf(mail: OpenMail): number {
  let identity = identities.get(mail);
  if (identity === undefined) {
    lastIdentity += 1;
    identity = lastIdentity;
    identities.set(mail, identity);
  }
  return identity;
}

function Shown({ mail, part }: { readonly mail: OpenMail; readonly part: MailPart }): ReactElement | null {
  const parts = usePartStyles();
  if (part.isMultipart || part.isMessage) return null;
  if (isRaster(part.type)) return <Picture mail={mail} part={part} />;
  if (part.type.startsWith('text/') || /^application\/(?:json|xml)$|\+(?:xml|json)$/.test(part.type))
    return <PartText mail={mail} part={part} />;
  return (
    <div className={parts.note}>
      {part.type === 'application/pdf'
        ? 'A PDF file is not shown here, because its viewer would have to run in the page. Save it to read it.'
        : 'There is no preview of this type. Save it to open it elsewhere.'}
    </div>
  );
}

function Picture({ mail, part }: { readonly mail: OpenMail; readonly part: MailPart }): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const [url, setUrl] = useState<string>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let made: string | undefined;
    let isWanted = true;
    mail.decode(part.index, maxPictureBytes).then(
      ({ bytes, isCut }) => {
        if (!isWanted) return;
        if (isCut) {
          setProblem('This picture is too large to be shown here. Save it.');
          return;
        }
        made = URL.createObjectURL(new Blob([bytes], { type: part.type }));
        setUrl(made);
      },
      () => isWanted && setProblem('This picture could not be read.'),
    );
    return () => {
      isWanted = false;
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [mail, part]);
  if (problem !== undefined) return <div className={parts.note}>{problem}</div>;
  if (url === undefined) return <LateSpinner label="Reading the picture" />;
  return (
    <img
      className={styles.picture}
      src={url}
      alt={`Preview of ${nameOfPart(part)}`}
      onError={() => setProblem('This is not a picture that can be shown.')}
    />
  );
}

function PartText({ mail, part }: { readonly mail: OpenMail; readonly part: MailPart }): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const text = useQuery({
    queryKey: ['part-text'],
    queryKeyHashFn: () => `part-text/${identityOf(mail)}/${part.index}`,
    queryFn: () => mail.readText(part.index, maxTextCharacters),
    gcTime: 0,
  });
  if (text.error !== null) return <div className={parts.note}>The text could not be read.</div>;
  if (text.data === undefined) return <LateSpinner label="Reading the text" />;
  return (
    <>
      {text.data.isCut && (
        <div className={parts.note}>Only the beginning is shown. Save it to read the rest.</div>
      )}
      <pre className={mergeClasses(styles.text, parts.mono)}>{text.data.text}</pre>
    </>
  );
}
