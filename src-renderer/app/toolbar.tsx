/**
 * The verbs that are wanted most, for the selection; a button that cannot be used says why. What finds no room
 * goes into a menu at the end, so that no verb is lost in a narrow window or at a large zoom.
 */
import {
  Menu,
  MenuButton,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  Overflow,
  OverflowDivider,
  OverflowItem,
  Toolbar,
  ToolbarButton,
  ToolbarDivider,
  Tooltip,
  tokens,
  useIsOverflowGroupVisible,
  useOverflowMenu,
} from '@fluentui/react-components';
import { ChevronDownRegular, MoreHorizontalRegular } from '@fluentui/react-icons';
import { Fragment, type ReactElement } from 'react';
import { useRunVerb } from './run-verb';
import { NewIcon, verbIcons } from './verb-icons';
import { VerbItem, VerbMenuItems } from './verb-menu';
import { type VerbId, type VerbTarget, verbOf, whyNot } from './verbs';

const useStyles = makeStyles({
  root: {
    height: '40px',
    paddingBlock: 0,
    paddingInline: tokens.spacingHorizontalS,
    columnGap: '2px',
    minWidth: 0,
    overflow: 'hidden',
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
  divider: { flexShrink: 0 },
  // A narrow window, or a large zoom: the icons alone, with the words for who cannot see them.
  label: {
    '@media (max-width: 960px)': {
      position: 'absolute',
      width: '1px',
      height: '1px',
      overflow: 'hidden',
      clipPath: 'inset(50%)',
    },
  },
});

type ToolId = VerbId | 'new';

interface ToolGroup {
  readonly name: string;
  readonly tools: readonly ToolId[];
}

const newVerbs = ['new-server', 'new-domain'] as const;

/** What stands in the toolbar for a target. Pure. */
export function toolGroups({ place, server }: Pick<VerbTarget, 'place' | 'server'>): readonly ToolGroup[] {
  const folder = place.kind === 'folder' ? place.folder : undefined;
  const own: readonly VerbId[] =
    folder === 'sessions'
      ? ['terminate', 'terminate-all']
      : folder === 'queue'
        ? ['retry', 'hold', 'release', 'change-route', 'change-recipient', 'retry-all']
        : folder === 'badmail'
          ? ['resend-edited', 'resend', 'save']
          : folder === 'domains'
            ? ['set-default']
            : [];
  return [
    { name: 'state', tools: ['start', server?.state === 'paused' ? 'resume' : 'pause', 'stop'] },
    { name: 'new', tools: ['new', 'send-test'] },
    { name: 'edit', tools: ['properties', 'delete'] },
    ...(own.length === 0 ? [] : [{ name: 'own', tools: own }]),
    { name: 'view', tools: ['refresh', 'export-list'] },
  ];
}

/** Pause and Resume are one button that changes its word: who pressed it by keyboard stays on it. */
const placeOf = (tool: ToolId): string => (tool === 'resume' ? 'pause' : tool);

/** Shorter words than in a menu, where there is room for one. */
const shortTitles: Partial<Record<VerbId, string>> = {
  'send-test': 'Test Message',
  'export-list': 'Export List',
};

export function VerbToolbar({ target }: { readonly target: VerbTarget }): ReactElement {
  const styles = useStyles();
  const groups = toolGroups(target);
  return (
    <Overflow minimumVisible={2} padding={48}>
      <Toolbar aria-label="Verbs" size="small" className={styles.root}>
        {groups.map(({ name, tools }, index) => (
          <Fragment key={name}>
            {index > 0 && <GroupDivider groupId={name} />}
            {tools.map((tool) => (
              <OverflowItem key={placeOf(tool)} id={placeOf(tool)} groupId={name}>
                {tool === 'new' ? <NewButton target={target} /> : <VerbButton id={tool} target={target} />}
              </OverflowItem>
            ))}
          </Fragment>
        ))}
        <MoreButton target={target} tools={groups.flatMap((group) => group.tools)} />
      </Toolbar>
    </Overflow>
  );
}

/** A line before a group of which nothing is to be seen parts nothing. */
function GroupDivider({ groupId }: { readonly groupId: string }): ReactElement | null {
  const styles = useStyles();
  return useIsOverflowGroupVisible(groupId) === 'hidden' ? null : (
    // Tells the toolbar that the line needs room too.
    <OverflowDivider groupId={groupId}>
      <ToolbarDivider className={styles.divider} />
    </OverflowDivider>
  );
}

function NewButton({ target, ...rest }: { readonly target: VerbTarget }): ReactElement {
  const styles = useStyles();
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <ToolbarButton {...rest} className={styles.button} icon={<NewIcon />}>
          <span className={styles.label}>New</span>
          <ChevronDownRegular aria-hidden />
        </ToolbarButton>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {newVerbs.map((id) => (
            <VerbItem key={id} verb={verbOf(id)} target={target} />
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

function MoreButton({
  target,
  tools,
}: {
  readonly target: VerbTarget;
  readonly tools: readonly ToolId[];
}): ReactElement | null {
  const styles = useStyles();
  const { ref, isOverflowing, overflowCount } = useOverflowMenu<HTMLButtonElement>();
  if (!isOverflowing) return null;
  const hidden = tools.slice(-overflowCount).flatMap((tool) => (tool === 'new' ? newVerbs : [tool]));
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <MenuButton
          ref={(element: HTMLButtonElement | null) => {
            ref.current = element;
          }}
          appearance="subtle"
          className={styles.button}
          icon={<MoreHorizontalRegular />}
          menuIcon={null}
          aria-label="More verbs"
        />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <VerbMenuItems target={target} verbs={hidden.map(verbOf)} />
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

interface VerbButtonProps {
  readonly id: VerbId;
  readonly target: VerbTarget;
}

function VerbButton({ id, target, ...rest }: VerbButtonProps): ReactElement {
  const styles = useStyles();
  const run = useRunVerb();
  const verb = verbOf(id);
  const Icon = verbIcons[id];
  const reason = whyNot(verb, target);
  const name = verb.shortcut === undefined ? verb.title : `${verb.title} (${verb.shortcut})`;
  return (
    <Tooltip
      content={reason ?? `${name.replace('…', '')}: ${verb.text}`}
      relationship="description"
      positioning="below-start"
    >
      <ToolbarButton
        {...rest}
        className={styles.button}
        icon={<Icon />}
        disabledFocusable={reason !== undefined}
        onClick={() => run(id, target)}
      >
        <span className={styles.label}>{shortTitles[id] ?? verb.title}</span>
      </ToolbarButton>
    </Tooltip>
  );
}
