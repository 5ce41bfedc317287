/** A virtual server at a glance: state, trouble, identities, who may relay, where mail goes, the next steps. */
import { Link, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { describeBinding, formatBinding, type ServerSummary } from '../../src-main/api/contract';
import { useIsReachable } from '../client';
import { plural, stateGlyph, stateWord } from '../client/words';
import { useNow } from '../ui/clock';
import { formatAge, formatFullTime } from '../ui/format';
import { ReasonedButton } from '../ui/reasoned-button';
import { StateIcon } from '../ui/state-icon';
import { type Attention, type AttentionAction, AttentionList } from './attention-list';
import { DomainNames } from './domain-names';
import { Copyable, Fact, Facts, Section } from './section';

export type ServerStep =
  | 'send-test'
  | 'explain'
  | 'smart-host'
  | 'new-remote-domain'
  | 'relay'
  | 'properties';
export type MailFolder = 'pickup' | 'drop' | 'queue' | 'badmail';

export interface ServerPageProps {
  readonly server: ServerSummary;
  readonly attention: readonly Attention[];
  readonly onAct: (item: Attention, action: AttentionAction) => void;
  /** Why this person cannot do it now; undefined: it can be done. */
  readonly whyNotAct: (action: AttentionAction) => string | undefined;
  readonly onStep: (step: ServerStep) => void;
  readonly whyNotStep: (step: ServerStep) => string | undefined;
  /** False: settings can be looked at only. */
  readonly canChange: boolean;
  readonly hasSmartHost: boolean;
  readonly onShow: (folder: 'domains' | 'sessions' | 'queue' | 'drop' | 'badmail') => void;
  /** undefined where the host cannot open folders. */
  readonly onOpenFolder: ((folder: MailFolder) => void) | undefined;
}

const useStyles = makeStyles({
  root: {
    height: '100%',
    overflow: 'auto',
    boxSizing: 'border-box',
    padding: `${tokens.spacingVerticalXL} ${tokens.spacingHorizontalXXL}`,
  },
  inner: { maxWidth: '860px' },
  head: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    marginBlockEnd: tokens.spacingVerticalL,
  },
  state: { fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
  since: { color: tokens.colorNeutralForeground3 },
  counts: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(128px, 1fr))',
    // A line parts neighbours: that of the first one in a row lies outside.
    overflow: 'hidden',
    rowGap: tokens.spacingVerticalM,
    marginBlockEnd: tokens.spacingVerticalXXL,
    maxWidth: '720px',
  },
  count: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'flex-start',
    gap: '2px',
    paddingInlineEnd: tokens.spacingHorizontalL,
    paddingInlineStart: tokens.spacingHorizontalL,
    marginInlineStart: `calc(-1px - ${tokens.spacingHorizontalL})`,
    borderLeft: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  number: {
    fontSize: tokens.fontSizeBase500,
    lineHeight: tokens.lineHeightBase500,
    fontVariantNumeric: 'tabular-nums',
    color: tokens.colorNeutralForeground1,
  },
  caption: { fontSize: tokens.fontSizeBase200 },
  danger: { color: tokens.colorPaletteRedForeground1, fontWeight: tokens.fontWeightSemibold },
  steps: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalS,
    paddingBlockStart: tokens.spacingVerticalM,
  },
  folders: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalM,
    marginBlockStart: tokens.spacingVerticalXS,
  },
  link: { fontSize: 'inherit' },
});

const tickMs = 1000;

const folderNames: readonly (readonly [MailFolder, string])[] = [
  ['pickup', 'Pickup'],
  ['drop', 'Drop'],
  ['queue', 'Queue'],
  ['badmail', 'Badmail'],
];

export function ServerPage(props: ServerPageProps): ReactElement {
  const { server, attention, onStep, whyNotStep, onShow, onOpenFolder } = props;
  const styles = useStyles();
  const now = useNow(tickMs);
  const isReachable = useIsReachable();
  const state = isReachable ? server.state : 'unknown';
  const change = props.canChange ? 'Change' : 'Show';
  const showDomains = (): void => onShow('domains');
  const step = (name: ServerStep, title: string): ReactElement => (
    <ReasonedButton reason={whyNotStep(name)} onClick={() => onStep(name)}>
      {title}
    </ReasonedButton>
  );
  return (
    <div className={styles.root}>
      <div className={styles.inner}>
        <div className={styles.head}>
          <StateIcon glyph={stateGlyph(state)} />
          <span className={styles.state}>{stateWord(state)}</span>
          {isReachable ? (
            <span className={styles.since} title={formatFullTime(server.since)}>
              for {formatAge(now - server.since)}
            </span>
          ) : (
            <span className={styles.since}>
              It was {stateWord(server.state).toLowerCase()} when last heard of.
            </span>
          )}
        </div>
        <AttentionList items={withProblem(server, attention)} onAct={props.onAct} whyNot={props.whyNotAct} />
        <Counts {...props} now={now} />
        <Section title="Receiving">
          <Facts>
            <Fact name="Identities">
              {server.bindings.map((binding) => (
                <Copyable
                  key={formatBinding(binding)}
                  text={formatBinding(binding)}
                  shown={describeBinding(binding)}
                />
              ))}
            </Fact>
            <Fact name="Introduces itself as">
              <Copyable text={server.fullyQualifiedDomainName} />
            </Fact>
            <Fact name="Drops mail for">
              <DomainNames domains={server.localDomains} onShow={showDomains} />
            </Fact>
            <Fact name="Relay">
              {server.isOpenRelay ? (
                <span className={styles.danger}>
                  {server.relayPolicy}. Anybody who can connect may send anywhere.
                </span>
              ) : (
                server.relayPolicy
              )}{' '}
              <Link as="button" className={styles.link} onClick={() => onStep('relay')}>
                {change}
              </Link>
            </Fact>
          </Facts>
        </Section>
        <Section title="Delivering">
          <Facts>
            <Fact name="Where mail goes">
              {server.routePolicy}{' '}
              <Link as="button" className={styles.link} onClick={() => onStep('smart-host')}>
                {change}
              </Link>
              {server.remoteDomains.count > 0 && (
                <div>
                  By a route of their own: <DomainNames domains={server.remoteDomains} onShow={showDomains} />
                </div>
              )}
            </Fact>
            <Fact name="Mailroot">
              <Copyable text={server.homeDirectory} />
              {onOpenFolder !== undefined && (
                <div className={styles.folders}>
                  {folderNames.map(([folder, name]) => (
                    <Link
                      as="button"
                      key={folder}
                      className={styles.link}
                      onClick={() => onOpenFolder(folder)}
                    >
                      Open {name}
                    </Link>
                  ))}
                </div>
              )}
            </Fact>
          </Facts>
        </Section>
        <Section title="Next steps">
          <div className={styles.steps}>
            {step('send-test', 'Send a test message…')}
            {step('explain', 'Explain…')}
            {!props.hasSmartHost && step('smart-host', 'Set a smart host…')}
            {step('new-remote-domain', 'Add a remote domain…')}
          </div>
        </Section>
      </div>
    </div>
  );
}

/** The reason of a failed start stands first, unless the engine's own list tells it already. */
function withProblem(server: ServerSummary, attention: readonly Attention[]): readonly Attention[] {
  const own = attention.filter((item) => item.serverId === server.id);
  if (server.problem === undefined || own.some((item) => item.text.includes(server.problem ?? '')))
    return own;
  return [{ serverId: server.id, code: 'problem', text: server.problem, action: 'start' }, ...own];
}

function Counts({ server, now, onShow }: ServerPageProps & { readonly now: number }): ReactElement {
  const styles = useStyles();
  const { sessions, queue, drop, badmail } = server.counts;
  const oldest = server.oldestQueuedAt;
  const entries = [
    { folder: 'sessions', count: sessions, caption: 'Current Sessions' },
    {
      folder: 'queue',
      count: queue,
      caption: oldest === undefined ? 'Queue' : `Queue, oldest ${formatAge(now - oldest)}`,
    },
    { folder: 'drop', count: drop, caption: 'Drop' },
    { folder: 'badmail', count: badmail, caption: 'Badmail' },
  ] as const;
  return (
    <div className={styles.counts}>
      {entries.map(({ folder, count, caption }) => (
        <div key={folder} className={styles.count}>
          <span
            className={mergeClasses(styles.number, folder === 'badmail' && count > 0 && styles.danger)}
            title={plural(count, 'entry', 'entries')}
          >
            {count.toLocaleString()}
          </span>
          <Link as="button" className={styles.caption} onClick={() => onShow(folder)}>
            {caption}
          </Link>
        </div>
      ))}
    </div>
  );
}
