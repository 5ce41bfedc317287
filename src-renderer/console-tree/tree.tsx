/**
 * The tree (WAI-ARIA tree pattern): selection follows focus, one row is in the tab order. What the rows are
 * and what keys do is decided in `model` and `keyboard`; this only draws and listens.
 */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import {
  ChevronDownRegular,
  ChevronRightRegular,
  DesktopRegular,
  type FluentIcon,
  FolderMailRegular,
  GlobeRegular,
  HistoryRegular,
  MailArrowUpRegular,
  MailInboxRegular,
  MailWarningRegular,
  PlugConnectedRegular,
  SearchRegular,
  TimelineRegular,
} from '@fluentui/react-icons';
import { type KeyboardEvent, type MouseEvent, type ReactElement, useEffect, useRef } from 'react';
import { stateGlyph, stateSuffix, stateWord } from '../client/words';
import { RenameField } from '../ui/rename-field';
import { StateIcon } from '../ui/state-icon';
import { moveInTree, type Typed, typedText } from './keyboard';
import type { TreeRow } from './model';
import type { Place, ServerFolder } from './places';

export interface ConsoleTreeProps {
  readonly rows: readonly TreeRow[];
  readonly selectedId: string;
  readonly onSelect: (place: Place) => void;
  readonly onExpand: (id: string, isExpanded: boolean) => void;
  /** Position in the window. */
  readonly onContextMenu: (place: Place, at: { readonly x: number; readonly y: number }) => void;
  /** Enter on a place that has nothing to unfold: go to its content. */
  readonly onEnter: () => void;
  /** The server whose name is being edited. */
  readonly renamingServerId: number | undefined;
  /** Resolves to the reason when the name was refused. */
  readonly onRename: (serverId: number, name: string) => Promise<string | undefined>;
  readonly onRenameEnd: () => void;
}

const folderIcons: Record<ServerFolder, FluentIcon> = {
  domains: GlobeRegular,
  sessions: PlugConnectedRegular,
  queue: FolderMailRegular,
  drop: MailInboxRegular,
  badmail: MailWarningRegular,
  pickup: MailArrowUpRegular,
  trace: TimelineRegular,
};

const useStyles = makeStyles({
  root: { height: '100%', overflow: 'auto', paddingBlock: tokens.spacingVerticalXS, boxSizing: 'border-box' },
  row: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalSNudge,
    minHeight: '28px',
    paddingInlineEnd: tokens.spacingHorizontalM,
    cursor: 'default',
    userSelect: 'none',
    color: tokens.colorNeutralForeground1,
    outlineStyle: 'none',
    ':hover': { backgroundColor: tokens.colorSubtleBackgroundHover },
    ':global([data-contrast="high"])': { ':hover': { backgroundColor: 'transparent' } },
    ':focus-visible': { boxShadow: `inset 0 0 0 2px ${tokens.colorStrokeFocus2}` },
  },
  selected: {
    backgroundColor: tokens.colorSubtleBackgroundSelected,
    boxShadow: `inset 3px 0 0 ${tokens.colorCompoundBrandStroke}`,
    // In high contrast a filled row would need every text and icon on it in another colour: a frame does not.
    ':global([data-contrast="high"])': {
      backgroundColor: 'transparent',
      outline: `2px solid ${tokens.colorNeutralStrokeAccessible}`,
      outlineOffset: '-2px',
    },
    '@media (forced-colors: active)': { outline: '2px solid Highlight', outlineOffset: '-2px' },
  },
  level1: { paddingInlineStart: '6px' },
  level2: { paddingInlineStart: '20px' },
  level3: { paddingInlineStart: '60px' },
  toggle: {
    display: 'flex',
    fontSize: '12px',
    width: '14px',
    height: '20px',
    alignItems: 'center',
    justifyContent: 'center',
    color: tokens.colorNeutralForeground3,
    flexShrink: 0,
  },
  icon: { fontSize: '16px', flexShrink: 0, color: tokens.colorNeutralForeground2 },
  title: { display: 'flex', flexGrow: 1, minWidth: 0, whiteSpace: 'pre' },
  // The state must be read even where the name has no room.
  name: { minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis' },
  strong: { fontWeight: tokens.fontWeightSemibold },
  suffix: { color: tokens.colorNeutralForeground3, flexShrink: 0 },
  count: { fontVariantNumeric: 'tabular-nums', color: tokens.colorNeutralForeground3, flexShrink: 0 },
  spoken: { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' },
  alarm: { color: tokens.colorPaletteRedForeground1, fontWeight: tokens.fontWeightSemibold },
});

export function ConsoleTree(props: ConsoleTreeProps): ReactElement {
  const { rows, selectedId, onSelect, onExpand, onContextMenu, onEnter, renamingServerId } = props;
  const styles = useStyles();
  const root = useRef<HTMLDivElement>(null);
  const tabStopId = rows.some((row) => row.id === selectedId) ? selectedId : rows[0]?.id;

  // Focus follows the selection while it is in the tree, and comes back after a name was edited.
  const wasRenaming = useRef(false);
  useEffect(() => {
    const tree = root.current;
    const isBack = wasRenaming.current && document.activeElement === document.body;
    wasRenaming.current = renamingServerId !== undefined;
    if (tree === null || renamingServerId !== undefined) return;
    if (tabStopId !== undefined && (isBack || tree.contains(document.activeElement)))
      tree.querySelector<HTMLElement>(`#${CSS.escape(tabStopId)}`)?.focus();
  }, [tabStopId, renamingServerId]);

  const typed = useRef<Typed>({ text: '', at: 0 });
  const openMenuAt = (row: TreeRow, element: Element): void => {
    const box = element.getBoundingClientRect();
    onContextMenu(row.place, { x: box.left + 48, y: box.bottom });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target instanceof HTMLInputElement) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows.find((each) => each.id === tabStopId);
    if (row === undefined) return;
    if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
      event.preventDefault();
      openMenuAt(row, event.target as Element);
      return;
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      if (row.isExpandable) onExpand(row.id, !row.isExpanded);
      else onEnter();
      return;
    }
    typed.current = typedText(typed.current, event.key, Date.now());
    const move = moveInTree(rows, row.id, event.key, typed.current.text);
    if (move.kind === 'none') return;
    event.preventDefault();
    if (move.kind === 'expand-all') {
      for (const id of move.ids) onExpand(id, true);
    } else if (move.kind === 'select') {
      const target = rows.find((each) => each.id === move.id);
      if (target !== undefined) onSelect(target.place);
    } else onExpand(move.id, move.kind === 'expand');
  };

  const onRowClick = (row: TreeRow, event: MouseEvent<HTMLDivElement>): void => {
    event.currentTarget.focus();
    onSelect(row.place);
  };

  return (
    <div ref={root} role="tree" aria-label="Console tree" className={styles.root} onKeyDown={onKeyDown}>
      {rows.map((row) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it handles the keyboard.
        <div
          key={row.id}
          id={row.id}
          role="treeitem"
          tabIndex={row.id === tabStopId ? 0 : -1}
          aria-level={row.level}
          aria-posinset={row.positionInSet}
          aria-setsize={row.setSize}
          aria-selected={row.id === selectedId}
          {...(row.isExpandable ? { 'aria-expanded': row.isExpanded } : {})}
          className={mergeClasses(
            styles.row,
            styles[`level${row.level}`],
            row.id === selectedId && styles.selected,
          )}
          onClick={(event) => onRowClick(row, event)}
          onDoubleClick={() => row.isExpandable && onExpand(row.id, !row.isExpanded)}
          onContextMenu={(event) => {
            event.preventDefault();
            onSelect(row.place);
            onContextMenu(row.place, { x: event.clientX, y: event.clientY });
          }}
        >
          <RowContent row={row} {...props} />
        </div>
      ))}
    </div>
  );
}

function RowContent({
  row,
  onExpand,
  renamingServerId,
  onRename,
  onRenameEnd,
}: { row: TreeRow } & ConsoleTreeProps) {
  const styles = useStyles();
  const { server, place } = row;
  const FolderIcon =
    place.kind === 'folder'
      ? folderIcons[place.folder]
      : place.kind === 'changes'
        ? HistoryRegular
        : place.kind === 'search'
          ? SearchRegular
          : place.kind === 'trace'
            ? TimelineRegular
            : DesktopRegular;
  const Chevron = row.isExpanded ? ChevronDownRegular : ChevronRightRegular;
  if (server !== undefined && server.id === renamingServerId) {
    return (
      <RenameField name={server.name} onSubmit={(name) => onRename(server.id, name)} onEnd={onRenameEnd} />
    );
  }
  return (
    <>
      {row.level < 3 && (
        <span
          className={styles.toggle}
          onClick={(event) => {
            event.stopPropagation();
            if (row.isExpandable) onExpand(row.id, !row.isExpanded);
          }}
          aria-hidden
        >
          {row.isExpandable && <Chevron />}
        </span>
      )}
      {server === undefined ? (
        <FolderIcon aria-hidden className={styles.icon} />
      ) : (
        <StateIcon glyph={stateGlyph(server.state)} />
      )}
      <span className={mergeClasses(styles.title, row.level === 1 && styles.strong)} title={row.title}>
        <span className={styles.name}>{row.title}</span>
        {server !== undefined && <span className={styles.suffix}>{stateSuffix(server.state)}</span>}
        {/* The eye has the icon. */}
        {server?.state === 'started' && <span className={styles.spoken}>, {stateWord(server.state)}</span>}
      </span>
      {(row.count !== undefined || row.isAlarming) && (
        <span className={mergeClasses(styles.count, row.isAlarming && styles.alarm)}>
          {row.count?.toLocaleString()}
          {row.isAlarming && (
            <>
              <span aria-hidden> !</span>
              <span className={styles.spoken}>, needs attention</span>
            </>
          )}
        </span>
      )}
    </>
  );
}
