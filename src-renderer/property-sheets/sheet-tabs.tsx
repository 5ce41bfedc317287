/** Tabs of a sheet or of a dialog in it: a tab shows whether something on it was changed or is wrong. */
import { makeStyles, Tab, TabList, tokens } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';

export interface SheetPage {
  readonly id: string;
  readonly title: string;
  /** The settings that stand on it, those in its dialogs included. */
  readonly keys: readonly string[];
  readonly content: ReactNode;
}

export interface Marks {
  readonly isChanged: (key: string) => boolean;
  /** A reason is shown for it. */
  readonly isWrong: (key: string) => boolean;
}

const useStyles = makeStyles({
  tabs: { marginInlineStart: `calc(-1 * ${tokens.spacingHorizontalMNudge})` },
  changed: { marginInlineStart: tokens.spacingHorizontalXS, color: tokens.colorBrandForeground1 },
  wrong: {
    marginInlineStart: tokens.spacingHorizontalXS,
    color: tokens.colorPaletteRedForeground1,
    fontWeight: tokens.fontWeightBold,
  },
});

/** "●" changed, "!" wrong, else nothing. `where` ends the sentence: "on this page". */
export function Mark({
  keys,
  marks,
  where,
}: {
  readonly keys: readonly string[];
  readonly marks: Marks;
  readonly where: string;
}): ReactElement | null {
  const styles = useStyles();
  if (keys.some(marks.isWrong))
    return (
      <span className={styles.wrong} title={`Something ${where} is wrong`}>
        !
      </span>
    );
  if (keys.some(marks.isChanged))
    return (
      <span className={styles.changed} title={`Something ${where} was changed`}>
        ●
      </span>
    );
  return null;
}

export interface SheetTabsProps {
  readonly pages: readonly SheetPage[];
  readonly pageId: string | undefined;
  readonly marks: Marks;
  readonly onSelect: (pageId: string) => void;
}

/** Arrows on a tab, and Ctrl+Tab or Ctrl+Page Down from anywhere in the sheet, go from page to page. */
export function SheetTabs({ pages, pageId, marks, onSelect }: SheetTabsProps): ReactElement {
  const styles = useStyles();
  const tabs = useRef<HTMLDivElement | null>(null);
  useEffect(() => {
    const form = tabs.current?.closest('form');
    const onKeyDown = (event: KeyboardEvent): void => {
      const step = pageStep(event);
      const at = pages.findIndex((page) => page.id === pageId);
      const next = pages[(at + step + pages.length) % pages.length];
      if (step === 0 || next === undefined) return;
      event.preventDefault();
      onSelect(next.id);
    };
    form?.addEventListener('keydown', onKeyDown);
    return () => form?.removeEventListener('keydown', onKeyDown);
  }, [pages, pageId, onSelect]);
  return (
    <TabList
      ref={(element: HTMLDivElement | null) => {
        tabs.current = element;
      }}
      size="small"
      className={styles.tabs}
      selectedValue={pageId}
      selectTabOnFocus
      onTabSelect={(_, data) => onSelect(String(data.value))}
    >
      {pages.map((page) => (
        <Tab key={page.id} value={page.id} data-holds={page.keys.join(',')}>
          {page.title}
          <Mark keys={page.keys} marks={marks} where="on this page" />
        </Tab>
      ))}
    </TabList>
  );
}

/** 1: the next page, -1: the one before, 0: another key. */
function pageStep({ key, ctrlKey, shiftKey }: KeyboardEvent): number {
  if (!ctrlKey) return 0;
  if (key === 'Tab') return shiftKey ? -1 : 1;
  return key === 'PageDown' ? 1 : key === 'PageUp' ? -1 : 0;
}
