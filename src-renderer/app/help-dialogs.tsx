/** Help: which keys do what, and what this is. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { Fragment, type ReactElement } from 'react';
import { useStatus } from '../client';
import { FormDialog } from '../ui/form-dialog';
import { closeDialog } from './console-store';
import { verbs } from './verbs';

const useStyles = makeStyles({
  list: {
    display: 'grid',
    gridTemplateColumns: '150px minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalS,
    margin: 0,
  },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, overflowWrap: 'anywhere' },
});

const treeKeys: readonly (readonly [string, string])[] = [
  ['Up, Down', 'Go through the tree or a list'],
  ['Left, Right', 'Fold and unfold a node'],
  ['Enter', 'Go to the content of a node, or open the selected row'],
  ['Shift+F10', 'Open the menu of the selection'],
];

export function ShortcutsDialog(): ReactElement {
  const own = verbs.flatMap((verb) =>
    verb.shortcut === undefined ? [] : [[verb.shortcut, verb.title] as const],
  );
  return <FactsDialog title="Keyboard" facts={[...own, ...treeKeys]} />;
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
  readonly facts: readonly (readonly [name: string, value: string])[];
}

function FactsDialog({ title, facts }: FactsDialogProps): ReactElement {
  const styles = useStyles();
  return (
    <FormDialog
      title={title}
      size="small"
      isDirty={false}
      onSubmit={closeDialog}
      onClose={closeDialog}
      buttons={[
        <Button key="close" type="submit" appearance="primary" autoFocus>
          Close
        </Button>,
      ]}
    >
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
