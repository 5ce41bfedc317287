/** The parts of a message as a tree, one of them shown beside it; what is attached can be saved. */
import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { ChevronDownRegular, ChevronRightRegular, Warning16Filled } from '@fluentui/react-icons';
import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import type { MailPart, MailStructure } from '../../src-main/mail-content';
import { useHost } from '../client';
import { formatCount, formatSize } from '../ui/format';
import { cleanFileName } from '../ui/save-file';
import { ScrollRegion } from '../ui/scroll-region';
import { SplitPane } from '../ui/split-pane';
import { describeRisk } from './attachment-risk';
import type { OpenMail } from './mail-reader';
import { maxInnerBytes, OpenedMailDialog } from './opened-mail';
import { PartPreview } from './part-preview';
import { usePartStyles } from './part-styles';
import {
  distinctNames,
  fallbackName,
  isAttachment,
  listPartRows,
  maxPartRows,
  moveInParts,
  nameOfPart,
} from './part-tree';
import { useSaveFile } from './saving';

const maxSavedBytes = 512 * 1024 * 1024;

const useStyles = makeStyles({
  tree: { height: '100%', overflow: 'auto', boxSizing: 'border-box', paddingBlock: tokens.spacingVerticalXS },
  row: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    minHeight: '28px',
    paddingInlineEnd: tokens.spacingHorizontalS,
    cursor: 'default',
    outlineStyle: 'none',
    ':hover': { backgroundColor: tokens.colorSubtleBackgroundHover },
    ':focus-visible': { boxShadow: `inset 0 0 0 2px ${tokens.colorStrokeFocus2}` },
  },
  selected: {
    backgroundColor: tokens.colorSubtleBackgroundSelected,
    boxShadow: `inset 3px 0 0 ${tokens.colorCompoundBrandStroke}`,
    '@media (forced-colors: active)': { outline: '2px solid Highlight', outlineOffset: '-2px' },
  },
  toggle: { display: 'flex', width: '14px', flexShrink: 0, color: tokens.colorNeutralForeground3 },
  name: { flexGrow: 1, minWidth: '60px', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  type: {
    flexShrink: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
  },
  size: {
    flexShrink: 0,
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    fontVariantNumeric: 'tabular-nums',
  },
  risk: { flexShrink: 0, color: tokens.colorStatusWarningForeground1 },
});

export interface PartsPartProps {
  readonly mail: OpenMail;
  readonly structure: MailStructure;
}

export function PartsPart({ mail, structure }: PartsPartProps): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const host = useHost();
  const saveFile = useSaveFile();
  const tree = useRef<HTMLDivElement>(null);
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set());
  const [selected, setSelected] = useState(() => structure.parts.find(isAttachment)?.index ?? 0);
  const [problem, setProblem] = useState<string>();
  const [inner, setInner] = useState<{ readonly name: string; readonly blob: Blob }>();
  const rows = listPartRows(structure.parts, closed);
  const part = structure.parts[selected] ?? structure.parts[0];
  const attachments = structure.parts.filter(isAttachment);
  const attempt = async (what: string, action: () => Promise<void>): Promise<void> => {
    try {
      setProblem(undefined);
      await action();
    } catch (error) {
      setProblem(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const nameFor = (each: MailPart): string => cleanFileName(each.fileName, fallbackName(each));
  const save = (each: MailPart): Promise<void> =>
    attempt('It could not be saved', async () => {
      const { bytes } = await mail.decode(each.index, maxSavedBytes);
      await saveFile({ name: nameFor(each), fallback: fallbackName(each), bytes });
    });
  const saveAll = (): Promise<void> =>
    attempt('Not everything was saved', async () => {
      const names = distinctNames(attachments.map(nameFor));
      if (host !== undefined) {
        const files: { name: string; bytes: Uint8Array }[] = [];
        for (const [index, each] of attachments.entries())
          files.push({
            name: names[index] ?? '',
            bytes: (await mail.decode(each.index, maxSavedBytes)).bytes,
          });
        await host.saveFiles(files);
        return;
      }
      // One after the other: the browser asks once whether the page may.
      for (const [index, each] of attachments.entries()) {
        const { bytes } = await mail.decode(each.index, maxSavedBytes);
        await saveFile({ name: names[index] ?? '', fallback: fallbackName(each), bytes });
      }
    });
  const openMessage = (each: MailPart): Promise<void> =>
    attempt('The message inside could not be read', async () => {
      const { bytes, isCut } = await mail.decode(each.index, maxInnerBytes);
      if (isCut) throw new Error('It is too large. Save it, and open it from the file.');
      setInner({ name: nameOfPart(each), blob: new Blob([bytes]) });
    });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const move = moveInParts(rows, selected, event.key);
    if (move === undefined) return;
    event.preventDefault();
    if ('select' in move) setSelected(move.select);
    else toggle(move.toggle);
  };
  const toggle = (index: number): void =>
    setClosed((before) => {
      const after = new Set(before);
      if (!after.delete(index)) after.add(index);
      return after;
    });
  useEffect(() => {
    if (tree.current?.contains(document.activeElement))
      tree.current.querySelector<HTMLElement>(`[data-part="${selected}"]`)?.focus();
  }, [selected]);

  return (
    <div className={parts.column}>
      <div className={parts.bar}>
        <span>
          {formatCount(structure.parts.length, 'part')}, {formatCount(attachments.length, 'attachment')}
          {(structure.isCut || rows.length === maxPartRows) && '. There are more than are shown.'}
        </span>
        <span role="alert">{problem}</span>
        {attachments.length > 1 && (
          <Button size="small" appearance="subtle" className={parts.push} onClick={() => void saveAll()}>
            Save all attachments…
          </Button>
        )}
      </div>
      <div style={{ flexGrow: 1, minHeight: 0 }}>
        <SplitPane
          id="mail.parts"
          direction="horizontal"
          label="Resize the tree of parts"
          defaultSize={360}
          minSize={160}
          first={
            <div
              ref={tree}
              role="tree"
              aria-label="Parts of the message"
              className={styles.tree}
              onKeyDown={onKeyDown}
            >
              {rows.map((row) => {
                const { index, depth, type } = row.part;
                const risk = !isAttachment(row.part) ? undefined : describeRisk(nameFor(row.part), type);
                const name = nameOfPart(row.part);
                return (
                  <div
                    key={index}
                    role="treeitem"
                    data-part={index}
                    aria-level={depth + 1}
                    aria-selected={index === selected}
                    {...(row.hasChildren && { 'aria-expanded': row.isExpanded })}
                    tabIndex={index === selected ? 0 : -1}
                    title={risk ?? `${name}, ${type}`}
                    className={mergeClasses(styles.row, index === selected && styles.selected)}
                    style={{ paddingInlineStart: 6 + Math.min(depth, 20) * 16 }}
                    onClick={() => setSelected(index)}
                    onDoubleClick={() => row.part.isMessage && void openMessage(row.part)}
                    onKeyDown={(event) => {
                      if (event.key === 'Enter' && row.part.isMessage) void openMessage(row.part);
                    }}
                  >
                    <span
                      className={styles.toggle}
                      aria-hidden
                      onClick={(event) => {
                        event.stopPropagation();
                        if (row.hasChildren) toggle(index);
                      }}
                    >
                      {row.hasChildren && (row.isExpanded ? <ChevronDownRegular /> : <ChevronRightRegular />)}
                    </span>
                    <span className={styles.name}>{name}</span>
                    {risk !== undefined && <Warning16Filled className={styles.risk} aria-label={risk} />}
                    {name !== type && <span className={styles.type}>{type}</span>}
                    <span className={styles.size}>{formatSize(row.part.bodyEnd - row.part.bodyStart)}</span>
                  </div>
                );
              })}
            </div>
          }
          second={
            <ScrollRegion label="The part">
              {part !== undefined && (
                <PartPreview
                  mail={mail}
                  part={part}
                  onSave={(each) => void save(each)}
                  onOpenMessage={(each) => void openMessage(each)}
                />
              )}
            </ScrollRegion>
          }
        />
      </div>
      {inner !== undefined && <OpenedMailDialog file={inner} isInside onClose={() => setInner(undefined)} />}
    </div>
  );
}
