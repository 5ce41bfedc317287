/** The verbs that are wanted most, for the selection; a button that cannot be used says why. */
import {
  Menu,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  Toolbar,
  ToolbarButton,
  ToolbarDivider,
  Tooltip,
  tokens,
} from '@fluentui/react-components';
import { ChevronDownRegular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import { useRunVerb } from './run-verb';
import { NewIcon, verbIcons } from './verb-icons';
import { VerbItem } from './verb-menu';
import { type VerbId, type VerbTarget, verbOf } from './verbs';

const useStyles = makeStyles({
  root: {
    height: '40px',
    paddingBlock: 0,
    paddingInline: tokens.spacingHorizontalS,
    columnGap: '2px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground2,
  },
  button: {
    minWidth: 'auto',
    paddingInline: tokens.spacingHorizontalS,
    fontWeight: tokens.fontWeightRegular,
    height: '28px',
    flexShrink: 0,
    whiteSpace: 'nowrap',
  },
  // A narrow window, or a large zoom: the icons alone, with the words for who cannot see them.
  label: {
    '@media (max-width: 860px)': {
      position: 'absolute',
      width: '1px',
      height: '1px',
      overflow: 'hidden',
      clipPath: 'inset(50%)',
    },
  },
});

export function VerbToolbar({ target }: { readonly target: VerbTarget }): ReactElement {
  const styles = useStyles();
  const isPaused = target.server?.state === 'paused';
  return (
    <Toolbar aria-label="Verbs" size="small" className={styles.root}>
      <VerbButton id="start" target={target} />
      <VerbButton id={isPaused ? 'resume' : 'pause'} target={target} />
      <VerbButton id="stop" target={target} />
      <ToolbarDivider />
      <Menu>
        <MenuTrigger disableButtonEnhancement>
          <ToolbarButton className={styles.button} icon={<NewIcon />}>
            <span className={styles.label}>New</span>
            <ChevronDownRegular aria-hidden />
          </ToolbarButton>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            <VerbItem verb={verbOf('new-server')} target={target} />
            <VerbItem verb={verbOf('new-domain')} target={target} />
          </MenuList>
        </MenuPopover>
      </Menu>
      <VerbButton id="send-test" target={target} title="Test Message" />
      <ToolbarDivider />
      <VerbButton id="properties" target={target} />
      <VerbButton id="delete" target={target} />
      {target.place.kind === 'folder' && target.place.folder === 'sessions' && (
        <>
          <ToolbarDivider />
          <VerbButton id="terminate" target={target} />
          <VerbButton id="terminate-all" target={target} />
        </>
      )}
      <ToolbarDivider />
      <VerbButton id="refresh" target={target} />
    </Toolbar>
  );
}

interface VerbButtonProps {
  readonly id: VerbId;
  readonly target: VerbTarget;
  /** Default: the verb's own. */
  readonly title?: string;
}

function VerbButton({ id, target, title }: VerbButtonProps): ReactElement {
  const styles = useStyles();
  const run = useRunVerb();
  const verb = verbOf(id);
  const Icon = verbIcons[id];
  const reason = verb.reasonAgainst(target);
  // A hint that only repeats the label is noise.
  const hint = reason ?? (verb.shortcut === undefined ? undefined : `${verb.title} (${verb.shortcut})`);
  const button = (
    <ToolbarButton
      className={styles.button}
      icon={<Icon />}
      disabledFocusable={reason !== undefined}
      onClick={() => run(id, target)}
      {...(hint === undefined ? { title: verb.title } : {})}
    >
      <span className={styles.label}>{title ?? verb.title}</span>
    </ToolbarButton>
  );
  return hint === undefined ? (
    button
  ) : (
    <Tooltip content={hint} relationship="description" positioning="below-start">
      {button}
    </Tooltip>
  );
}
