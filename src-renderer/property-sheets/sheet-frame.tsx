/**
 * The frame of a property sheet: one draft, one validated patch, OK / Cancel / Apply. A tab shows whether
 * something on it was changed or is wrong; what changed elsewhere meanwhile is told, not overwritten unseen.
 */
import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  makeStyles,
  Tab,
  TabList,
  tokens,
} from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useState } from 'react';
import { type Fault, readFault } from '../client';
import { FormDialog } from '../ui/form-dialog';
import {
  describeChanges,
  findDraftFaults,
  findForeignChanges,
  isSame,
  type Judge,
  keyOfPath,
  patchOf,
  type Values,
  withChange,
} from './draft';
import { readFacts, type Shape } from './facts';
import { type Sheet, SheetContext } from './sheet-context';

export interface SheetPage {
  readonly id: string;
  readonly title: string;
  /** The settings that stand on it. */
  readonly keys: readonly string[];
  readonly content: ReactNode;
}

export interface SheetFrameProps extends Judge {
  readonly title: string;
  readonly shape: Shape;
  /** The settings in force, live. */
  readonly base: Values;
  readonly pages: readonly SheetPage[];
  readonly firstPageId?: string | undefined;
  /** Rejects with what the engine refused. */
  readonly apply: (patch: Values) => Promise<void>;
  /** Resolves to false when the person thinks better of it. Default: nothing is asked. */
  readonly confirm?: (patch: Values) => Promise<boolean>;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  tabs: { marginInlineStart: `calc(-1 * ${tokens.spacingHorizontalMNudge})` },
  mark: { marginInlineStart: tokens.spacingHorizontalXS, color: tokens.colorBrandForeground1 },
  wrong: {
    marginInlineStart: tokens.spacingHorizontalXS,
    color: tokens.colorPaletteRedForeground1,
    fontWeight: tokens.fontWeightBold,
  },
  bar: { marginBlockEnd: tokens.spacingVerticalL },
});

export function SheetFrame(props: SheetFrameProps): ReactElement {
  const { title, shape, base, pages, firstPageId, apply, confirm, onClose } = props;
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
  // A refusal stands for what was sent; it goes as soon as its field is changed.
  const refusedKey = refusal?.fault.field === undefined ? undefined : keyOfPath(refusal.fault.field);
  if (refusal?.fault.field && refusedKey && isSame(refusal.values[refusedKey], values[refusedKey])) {
    faults.set(refusal.fault.field, refusal.fault.text);
  }
  const isShown = (key: string): boolean => left.has(key) || key === refusedKey;
  const keysOfAll = pages.flatMap((page) => page.keys);

  const sheet: Sheet = {
    shape,
    value: (key) => values[key],
    set: (key, value) => setChanges((before) => withChange(base, before, key, value)),
    leave: (key) => setLeft((before) => new Set(before).add(key)),
    faultsOf: (key) =>
      isShown(key)
        ? [...faults].filter(([path]) => keyOfPath(path) === key).map(([path, reason]) => ({ path, reason }))
        : [],
    isChanged: (key) => key in patch,
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
      await apply(patch);
      setOpened({ ...base, ...patch });
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

  return (
    <FormDialog
      title={title}
      size="large"
      isDirty={hasChanges}
      onSubmit={() => void applyAndClose()}
      onClose={onClose}
      pageKey={pageId}
      note={describeChanges(patch, (key) => readFacts(shape, key).needsRestart)}
      {...(pages.length > 1
        ? {
            head: (
              <TabList
                size="small"
                className={styles.tabs}
                selectedValue={page?.id}
                onTabSelect={(_, data) => setPageId(String(data.value))}
              >
                {pages.map((each) => (
                  <Tab key={each.id} value={each.id}>
                    {each.title}
                    {each.keys.some((key) => shownFaultKeys.has(key)) ? (
                      <span className={styles.wrong} title="Something on this page is wrong">
                        !
                      </span>
                    ) : (
                      each.keys.some(sheet.isChanged) && (
                        <span className={styles.mark} title="Something on this page was changed">
                          ●
                        </span>
                      )
                    )}
                  </Tab>
                ))}
              </TabList>
            ),
          }
        : {})}
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
      <SheetContext value={sheet}>
        {message !== undefined && (
          <MessageBar intent="error" className={styles.bar} layout="multiline">
            <MessageBarBody>{message}</MessageBarBody>
          </MessageBar>
        )}
        <ForeignNote
          opened={opened}
          base={base}
          changes={changes}
          shape={shape}
          onSeen={() => setOpened(base)}
          onTake={(keys) =>
            setChanges((before) =>
              Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key))),
            )
          }
        />
        {page?.content}
      </SheetContext>
    </FormDialog>
  );
}

interface ForeignNoteProps {
  readonly opened: Values;
  readonly base: Values;
  readonly changes: Values;
  readonly shape: Shape;
  readonly onSeen: () => void;
  readonly onTake: (keys: readonly string[]) => void;
}

function ForeignNote({
  opened,
  base,
  changes,
  shape,
  onSeen,
  onTake,
}: ForeignNoteProps): ReactElement | null {
  const styles = useStyles();
  const foreign = findForeignChanges(opened, base, changes).filter(({ key }) => key in shape);
  if (foreign.length === 0) return null;
  const conflicts = foreign.filter((change) => change.isConflict).map((change) => change.key);
  const titles = (list: readonly string[]): string =>
    list.map((key) => readFacts(shape, key).title).join(', ');
  return (
    <MessageBar intent="info" className={styles.bar} layout="multiline">
      <MessageBarBody>
        Changed elsewhere meanwhile: {titles(foreign.map((change) => change.key))}.{' '}
        {conflicts.length > 0 && `You have changed ${titles(conflicts)} too; yours will replace it.`}
      </MessageBarBody>
      <MessageBarActions>
        {conflicts.length > 0 && (
          <Button
            size="small"
            onClick={() => {
              onTake(conflicts);
              onSeen();
            }}
          >
            Keep theirs
          </Button>
        )}
        <Button size="small" onClick={onSeen}>
          {conflicts.length > 0 ? 'Keep mine' : 'OK'}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
