/** Tabs of a sheet or of a dialog in it: a tab shows whether something on it was changed or is wrong. */
import { makeStyles, Tab, TabList, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';

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

export function SheetTabs({ pages, pageId, marks, onSelect }: SheetTabsProps): ReactElement {
  const styles = useStyles();
  return (
    <TabList
      size="small"
      className={styles.tabs}
      selectedValue={pageId}
      onTabSelect={(_, data) => onSelect(String(data.value))}
    >
      {pages.map((page) => (
        <Tab key={page.id} value={page.id}>
          {page.title}
          <Mark keys={page.keys} marks={marks} where="on this page" />
        </Tab>
      ))}
    </TabList>
  );
}
