/** The attachments of a message: what they call themselves, what they could do, and Save. Nothing is opened. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { ArrowDownload20Regular, Warning16Filled } from '@fluentui/react-icons';
import { type ReactElement, useState } from 'react';
import { formatSize } from '../ui/format';
import { cleanFileName } from '../ui/save-file';
import { ScrollRegion } from '../ui/scroll-region';
import { describeRisk } from './attachment-risk';
import type { ParsedAttachment } from './parsed-mail';
import { usePartStyles } from './part-styles';
import { useSaveFile } from './saving';

const maxShownAttachments = 500;

const useStyles = makeStyles({
  risk: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    marginTop: tokens.spacingVerticalXXS,
    color: tokens.colorStatusWarningForeground1,
    fontSize: tokens.fontSizeBase200,
  },
  riskIcon: { flexShrink: 0 },
  inline: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  action: { width: '1%', whiteSpace: 'nowrap' },
  button: { whiteSpace: 'nowrap', minWidth: 'max-content' },
});

export function AttachmentPart({
  attachments,
}: {
  readonly attachments: readonly ParsedAttachment[];
}): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const saveFile = useSaveFile();
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const save = async (name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    try {
      setProblem(undefined);
      await saveFile({ name, fallback: 'attachment.bin', bytes });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  if (attachments.length === 0) return <div className={parts.note}>No attachments.</div>;
  return (
    <ScrollRegion label="Attachments">
      {problem !== undefined && (
        <div className={parts.note} role="alert">
          It could not be saved: {problem}
        </div>
      )}
      <table className={parts.table}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col" className={parts.number}>
              Size
            </th>
            <td className={styles.action} />
          </tr>
        </thead>
        <tbody>
          {attachments.slice(0, maxShownAttachments).map((attachment, index) => {
            const name = cleanFileName(attachment.name, nameOfNameless(attachment.type));
            const risk = describeRisk(name, attachment.type);
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: names repeat, places do not change.
              <tr key={index}>
                <td>
                  {name}
                  {attachment.isInline && <span className={styles.inline}> (shown in the message)</span>}
                  {risk !== undefined && (
                    <div className={styles.risk}>
                      <Warning16Filled className={styles.riskIcon} aria-hidden />
                      {risk}
                    </div>
                  )}
                </td>
                <td>{attachment.type}</td>
                <td className={parts.number}>{formatSize(attachment.bytes.length)}</td>
                <td className={styles.action}>
                  <Button
                    size="small"
                    className={styles.button}
                    appearance="subtle"
                    icon={<ArrowDownload20Regular />}
                    aria-label={`Save ${name}`}
                    onClick={() => void save(name, attachment.bytes)}
                  >
                    Save…
                  </Button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {attachments.length > maxShownAttachments && (
        <div className={parts.note}>
          Only the first {maxShownAttachments} of {attachments.length} are listed. The source has all of them.
        </div>
      )}
    </ScrollRegion>
  );
}

function nameOfNameless(type: string): string {
  return type === 'message/rfc822' ? 'message.eml' : 'attachment.bin';
}
