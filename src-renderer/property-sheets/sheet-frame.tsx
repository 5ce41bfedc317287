/**
 * The frame of a property sheet: one draft, one validated patch, OK / Cancel / Apply. A tab shows whether
 * something on it was changed or is wrong; what changed elsewhere meanwhile is told, not overwritten unseen.
 */
import { Button, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useState } from 'react';
import { type Fault, readFault } from '../client';
import { FormDialog } from '../ui/form-dialog';
import {
  describeChanges,
  findDraftFaults,
  isSame,
  type Judge,
  keyOfPath,
  patchOf,
  type Values,
  withChange,
} from './draft';
import { readFacts, type Shape } from './facts';
import { ForeignNote } from './foreign-note';
import { type Sheet, SheetContext } from './sheet-context';
import { type SheetPage, SheetTabs } from './sheet-tabs';

export interface SheetFrameProps extends Judge {
  readonly title: string;
  readonly shape: Shape;
  /** The settings in force, live. */
  readonly base: Values;
  readonly pages: readonly SheetPage[];
  readonly firstPageId?: string | undefined;
  /** Resolves to what is in force then; rejects with what the engine refused. */
  readonly apply: (patch: Values) => Promise<Values>;
  /** Resolves to false when the person thinks better of it. Default: nothing is asked. */
  readonly confirm?: (patch: Values) => Promise<boolean>;
  /** Above every page: what has to be said about the whole. */
  readonly banner?: ReactNode;
  /** Why nothing can be changed here. */
  readonly reasonAgainst?: string | undefined;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  // Above the part that scrolls, so that they are seen.
  bars: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    ':not(:empty)': { paddingBlock: tokens.spacingVerticalS },
  },
});

export function SheetFrame(props: SheetFrameProps): ReactElement {
  const { title, shape, base, pages, firstPageId, apply, confirm, banner, reasonAgainst, onClose } = props;
  const isReadOnly = reasonAgainst !== undefined;
  const styles = useStyles();
  const [opened, setOpened] = useState(base);
  const [changes, setChanges] = useState<Values>({});
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [refusal, setRefusal] = useState<{ readonly fault: Fault; readonly values: Values }>();
  const [isBusy, setIsBusy] = useState(false);
  const [pageId, setPageId] = useState(firstPageId ?? pages[0]?.id ?? '');

  const values: Values = { ...base, ...changes };
  const patch = patchOf(base, changes);
  const faults = new Map(findDraftFaults(values, props));
  // A refusal stands for all that was sent: what was wrong with one field may be mended in another.
  const refusedKey = refusal?.fault.field === undefined ? undefined : keyOfPath(refusal.fault.field);
  if (refusal?.fault.field && refusedKey && isSame(refusal.values, values)) {
    faults.set(refusal.fault.field, refusal.fault.text);
  }
  const isShown = (key: string): boolean => left.has(key) || key === refusedKey;
  const keysOfAll = pages.flatMap((page) => page.keys);

  const sheet: Sheet = {
    shape,
    value: (key) => values[key],
    set: (key, value) => {
      if (!isReadOnly) setChanges((before) => withChange(base, before, key, value));
    },
    leave: (key) => setLeft((before) => new Set(before).add(key)),
    faultsOf: (key) =>
      isShown(key)
        ? [...faults].filter(([path]) => keyOfPath(path) === key).map(([path, reason]) => ({ path, reason }))
        : [],
    isChanged: (key) => key in patch,
    judge: (more) => findDraftFaults({ ...values, ...more }, props),
    isReadOnly,
  };

  /** Resolves to whether everything is in force. */
  const applyNow = async (): Promise<boolean> => {
    if (isBusy) return false;
    const wrongPage = pages.find((page) =>
      [...faults.keys()].some((path) => page.keys.includes(keyOfPath(path))),
    );
    if (faults.size > 0) {
      setLeft(new Set([...keysOfAll, ...[...faults.keys()].map(keyOfPath)]));
      if (wrongPage) setPageId(wrongPage.id);
      return false;
    }
    if (Object.keys(patch).length === 0) return true;
    if (confirm && !(await confirm(patch))) return false;
    setIsBusy(true);
    try {
      setOpened(await apply(patch));
      setChanges({});
      setRefusal(undefined);
      return true;
    } catch (error) {
      const fault = readFault(error);
      setRefusal({ fault, values });
      const page = pages.find(
        (each) => fault.field !== undefined && each.keys.includes(keyOfPath(fault.field)),
      );
      if (page) setPageId(page.id);
      return false;
    } finally {
      setIsBusy(false);
    }
  };
  const applyAndClose = async (): Promise<void> => {
    if (await applyNow()) onClose();
  };

  const hasChanges = Object.keys(patch).length > 0;
  const page = pages.find((each) => each.id === pageId) ?? pages[0];
  const shownFaultKeys = new Set([...faults.keys()].map(keyOfPath).filter(isShown));
  // A fault of a setting that stands on no page would otherwise be mute.
  const loose = [...faults].find(
    ([path]) => isShown(keyOfPath(path)) && !keysOfAll.includes(keyOfPath(path)),
  )?.[1];
  const message = refusal !== undefined && refusedKey === undefined ? refusal.fault.text : loose;

  const head = (
    <>
      {pages.length > 1 && (
        <SheetTabs
          pages={pages}
          pageId={page?.id}
          marks={{ isChanged: sheet.isChanged, isWrong: (key) => shownFaultKeys.has(key) }}
          onSelect={setPageId}
        />
      )}
      <div className={styles.bars}>
        {message !== undefined && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{message}</MessageBarBody>
          </MessageBar>
        )}
        {reasonAgainst !== undefined && (
          <MessageBar intent="info" layout="multiline">
            <MessageBarBody>{reasonAgainst}</MessageBarBody>
          </MessageBar>
        )}
        {banner}
        <ForeignNote
          opened={opened}
          base={base}
          changes={changes}
          shape={shape}
          keys={keysOfAll}
          onSeen={() => setOpened(base)}
          onTake={(keys) =>
            setChanges((before) =>
              Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key))),
            )
          }
        />
      </div>
    </>
  );

  return (
    <FormDialog
      title={title}
      size={pages.length > 1 ? 'large' : 'wide'}
      isDirty={hasChanges}
      onSubmit={() => void applyAndClose()}
      onClose={onClose}
      pageKey={pageId}
      note={describeChanges(patch, (key) => readFacts(shape, key).needsRestart)}
      head={head}
      buttons={[
        <Button key="ok" type="submit" appearance="primary" disabledFocusable={isBusy}>
          OK
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
        <Button key="apply" disabledFocusable={!hasChanges || isBusy} onClick={() => void applyNow()}>
          Apply
        </Button>,
      ]}
    >
      <SheetContext value={sheet}>{page?.content}</SheetContext>
    </FormDialog>
  );
}
