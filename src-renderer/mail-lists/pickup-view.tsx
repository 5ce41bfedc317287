/** The Pickup folder of a virtual server: what was laid there and is not taken yet, and why. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { MailArrowUp24Regular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import { useServerDetails } from '../client';
import { EmptyState } from '../ui/empty-state';
import type { ListedMail } from './listed-mail';
import { MailList, type MailListProps, type MailListSeams, useListQuery } from './mail-list';

export interface PickupViewProps extends MailListSeams {
  readonly serverId: number;
  /** Why this person may only read here; undefined: files can be deleted. */
  readonly forbidden: string | undefined;
  /** Absent in a browser, which has no folders. */
  readonly onOpenFolder?: (() => void) | undefined;
  readonly onContextMenu?: MailListProps['onContextMenu'];
}

const useStyles = makeStyles({
  help: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS, alignItems: 'center' },
  path: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: 'anywhere' },
  example: {
    margin: 0,
    padding: tokens.spacingHorizontalM,
    textAlign: 'start',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
  },
});

const exampleOf = (domain: string): string =>
  [
    `x-sender: app@${domain}`,
    'x-receiver: someone@example.com',
    `From: app@${domain}`,
    'To: someone@example.com',
    'Subject: Hello',
    '',
    'The text.',
  ].join('\n');

/** The file, and why it is still there when there is a reason. A name that turns the direction would turn the reason too. */
function describeFile({ row }: ListedMail): string {
  const name = row.id.replace(/\p{Bidi_Control}/gu, '\ufffd');
  return row.reason === undefined ? name : `${name}: ${row.reason}`;
}

export function PickupView({ serverId, onOpenFolder, ...rest }: PickupViewProps): ReactElement {
  const styles = useStyles();
  const [query, onQuery] = useListQuery();
  const details = useServerDetails(serverId).data;
  return (
    <MailList
      key={serverId}
      scope={{ kind: 'folder', serverId, folder: 'pickup' }}
      listId="pickup"
      label="Pickup"
      query={query}
      onQuery={onQuery}
      placeOf={describeFile}
      placeTitle="File"
      empty={
        <EmptyState
          icon={<MailArrowUp24Regular />}
          title="Nothing waits to be taken."
          text={
            <span className={styles.help}>
              <span>
                A message that is written as a file into{' '}
                <span className={styles.path}>{details?.folders.pickup}</span> is sent at once. Its first
                lines are the envelope:
              </span>
              <pre className={styles.example}>{exampleOf(details?.summary.defaultDomain ?? 'corp.test')}</pre>
            </span>
          }
          {...(onOpenFolder && { action: <Button onClick={onOpenFolder}>Open the folder</Button> })}
        />
      }
      {...rest}
    />
  );
}
