/** Help: what is selected, which keys do what, and what this program is. */
import { Button, Link, makeStyles, tokens } from '@fluentui/react-components';
import { Fragment, type ReactElement, type ReactNode } from 'react';
import { useStatus } from '../client';
import { FormDialog } from '../ui/form-dialog';
import { closeDialog, openDialog } from './console-store';
import { helpOf } from './help-texts';
import { offeredVerbs, type VerbTarget, verbs } from './verbs';

const useStyles = makeStyles({
  list: {
    display: 'grid',
    gridTemplateColumns: '150px minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalS,
    margin: 0,
  },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, overflowWrap: 'anywhere' },
  paragraph: { marginBlock: `0 ${tokens.spacingVerticalM}` },
});

const otherKeys: readonly (readonly [string, string])[] = [
  ['Up, Down', 'Go through the tree or a list'],
  ['Left, Right', 'Fold and unfold a node'],
  ['*', 'Unfold all nodes beside the selected one'],
  ['Letters', 'Go to the node that begins with them'],
  ['Home, End', 'Go to the first or the last one'],
  ['Enter', 'Go to the content of a node, or open the selected row'],
  ['F6', 'On the desktop: go to the next pane; with Shift to the one before'],
  ['F10', 'Go to the menu bar; on the desktop Alt alone as well'],
  ['Shift+F10', 'Open the menu of the selection'],
  ['Ctrl+Tab', 'In a sheet: go to the next page; Ctrl+Page Down where Ctrl+Tab is taken'],
  ['Ctrl+A', 'Select every row of a list'],
  ['Ctrl+E', 'Search mail'],
  ['S', 'In a list of mail: give the selected messages a star, or take it away'],
  ['U', 'In a list of mail: mark the selected messages as read, or as unread'],
  ['Alt+Left, Right', 'On a column title: make the column narrower or wider'],
  ['Ctrl+Plus, Minus, 0', 'Make everything larger, smaller, or as it was'],
];

export function ShortcutsDialog(): ReactElement {
  const own = verbs.flatMap((verb) =>
    verb.shortcut === undefined ? [] : [[verb.shortcut, verb.title] as const],
  );
  return <FactsDialog title="Keyboard" facts={[...own, ...otherKeys]} />;
}

/** What is selected, and the verbs for it. */
export function HelpDialog({ target }: { readonly target: VerbTarget }): ReactElement {
  const styles = useStyles();
  const { title, paragraphs } = helpOf(target);
  const facts = offeredVerbs(target)
    .filter((verb) => verb.id !== 'help')
    .map((verb) => [verb.title.replace('…', ''), verb.text] as const);
  return (
    <FactsDialog
      title={`Help: ${title}`}
      lead={paragraphs.map((paragraph) => (
        <p key={paragraph} className={styles.paragraph}>
          {paragraph}
        </p>
      ))}
      facts={facts}
      note={
        <Link as="button" type="button" onClick={() => openDialog({ kind: 'shortcuts' })}>
          Keyboard shortcuts
        </Link>
      }
    />
  );
}

export function AboutDialog(): ReactElement {
  const status = useStatus().data;
  return (
    <FactsDialog
      title="About Mailroot"
      facts={
        status === undefined
          ? []
          : [
              ['Version', `${status.product} ${status.version}`],
              [
                'Runs',
                `${status.host === 'desktop' ? 'in the desktop' : 'as a service'} on ${status.computerName}, process ${status.processId}`,
              ],
              ['Data folder', status.dataFolder],
              ['Licence', 'MIT'],
            ]
      }
    />
  );
}

interface FactsDialogProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly note?: ReactNode;
}

function FactsDialog({ title, lead, facts, note }: FactsDialogProps): ReactElement {
  const styles = useStyles();
  return (
    <FormDialog
      title={title}
      size="small"
      isDirty={false}
      note={note}
      onSubmit={closeDialog}
      onClose={closeDialog}
      buttons={[
        <Button key="close" type="submit" appearance="primary" autoFocus>
          Close
        </Button>,
      ]}
    >
      {lead}
      <dl className={styles.list}>
        {facts.map(([name, value]) => (
          <Fragment key={name}>
            <dt className={styles.name}>{name}</dt>
            <dd className={styles.value}>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </FormDialog>
  );
}
