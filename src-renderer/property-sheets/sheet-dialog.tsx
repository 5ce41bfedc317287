/**
 * A dialog inside a sheet. It edits the sheet's draft: OK puts what was changed here into the sheet and saves
 * nothing; Cancel leaves the sheet as it was. What is wrong shows at its field and keeps the dialog open.
 */
import { Button, Link, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useState } from 'react';
import { CancelButton, FormDialog, type FormDialogProps } from '../ui/form-dialog';
import { keyOfPath, type Values } from './draft';
import { FaultLine } from './field-parts';
import { nestSheet } from './nested-sheet';
import { SheetContext, useSheet } from './sheet-context';
import { Mark, type Marks, type SheetPage, SheetTabs } from './sheet-tabs';

export interface SheetDialogProps {
  readonly title: string;
  /** One page has no tab. */
  readonly pages: readonly SheetPage[];
  /** Default: small. */
  readonly size?: FormDialogProps['size'];
  /** Gets what was changed. Default: it goes into the sheet around. */
  readonly onAccept?: (changes: Values) => void;
  readonly onClose: () => void;
}

export function SheetDialog({
  title,
  pages,
  size = 'small',
  onAccept,
  onClose,
}: SheetDialogProps): ReactElement {
  const parent = useSheet();
  const [changes, setChanges] = useState<Values>({});
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [pageId, setPageId] = useState(pages[0]?.id ?? '');
  const sheet = nestSheet({ parent, changes, left, setChanges, setLeft });
  const page = pages.find((each) => each.id === pageId) ?? pages[0];
  const keys = pages.flatMap((each) => each.keys);

  const accept = (): void => {
    const wrong = [...parent.judge(changes).keys()].map(keyOfPath).filter((key) => keys.includes(key));
    if (wrong.length > 0) {
      setLeft(new Set(keys));
      const isHere = page?.keys.some((key) => wrong.includes(key)) === true;
      const wrongPage = pages.find((each) => each.keys.some((key) => wrong.includes(key)));
      if (!isHere && wrongPage) setPageId(wrongPage.id);
      return;
    }
    if (onAccept) onAccept(changes);
    else
      for (const [key, value] of Object.entries(changes)) {
        parent.set(key, value);
        parent.leave(key);
      }
    onClose();
  };

  return (
    <FormDialog
      title={title}
      size={size}
      isDirty={Object.keys(changes).length > 0}
      onSubmit={accept}
      onClose={onClose}
      pageKey={pageId}
      {...(pages.length > 1
        ? {
            head: <SheetTabs pages={pages} pageId={page?.id} marks={marksOf(sheet)} onSelect={setPageId} />,
          }
        : {})}
      buttons={[
        <Button key="ok" type="submit" appearance="primary">
          OK
        </Button>,
        // Of the settings around it a dialog shows only some; an entry is entered here as a whole.
        onAccept ? (
          <CancelButton key="cancel" />
        ) : (
          <Button key="cancel" onClick={onClose}>
            Cancel
          </Button>
        ),
      ]}
    >
      <SheetContext value={sheet}>{page?.content}</SheetContext>
    </FormDialog>
  );
}

const marksOf = (sheet: ReturnType<typeof useSheet>): Marks => ({
  isChanged: sheet.isChanged,
  isWrong: (key) => sheet.faultsOf(key).length > 0,
});

const useStyles = makeStyles({
  row: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

export interface DialogOpenerProps extends Omit<SheetDialogProps, 'onAccept' | 'onClose'> {
  /** Text of the button, with "…". */
  readonly label: string;
  readonly appearance?: 'button' | 'link';
  readonly reasonAgainst?: string | undefined;
}

/** The button of a dialog inside the sheet, marked like a tab. */
export function DialogOpener({
  label,
  appearance = 'button',
  reasonAgainst,
  ...dialog
}: DialogOpenerProps): ReactElement {
  const sheet = useSheet();
  const [isOpen, setIsOpen] = useState(false);
  const keys = dialog.pages.flatMap((page) => page.keys);
  const open = (): void => {
    if (reasonAgainst === undefined) setIsOpen(true);
  };
  return (
    <>
      {appearance === 'link' ? (
        <Link as="button" type="button" inline onClick={open}>
          {label}
        </Link>
      ) : (
        <Button
          data-opens={keys.join(',')}
          disabledFocusable={reasonAgainst !== undefined}
          title={reasonAgainst ?? ''}
          onClick={open}
        >
          {label}
          <Mark keys={keys} marks={marksOf(sheet)} where="in it" />
        </Button>
      )}
      {isOpen && <SheetDialog {...dialog} onClose={() => setIsOpen(false)} />}
    </>
  );
}

/** Openers side by side, and beneath them what is wrong in their dialogs. */
export function DialogOpeners({
  openers,
  children,
}: {
  readonly openers: readonly DialogOpenerProps[];
  /** Buttons behind them. */
  readonly children?: ReactNode;
}): ReactElement {
  const styles = useStyles();
  const { faultsOf } = useSheet();
  return (
    <div>
      <div className={styles.row}>
        {openers.map((opener) => (
          <DialogOpener key={opener.label} {...opener} />
        ))}
        {children}
      </div>
      {openers.flatMap((opener) =>
        opener.pages
          .flatMap((page) => page.keys)
          .flatMap(faultsOf)
          .map(({ path, reason }) => <FaultLine key={path}>{`${opener.title}: ${reason}`}</FaultLine>),
      )}
    </div>
  );
}
