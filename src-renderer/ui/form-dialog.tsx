/**
 * A dialog that holds a form: sheets, wizards, small questions. Enter does the default thing, Escape leaves
 * and asks first when something was entered, a click beside it does nothing. Knows nothing of the form.
 */
import {
  Button,
  Dialog,
  DialogSurface,
  DialogTitle,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import {
  createContext,
  type FormEvent,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { ConfirmDialog } from './confirm-dialog';
import { useNeedsTabStop } from './scroll-reach';

export interface FormDialogProps {
  readonly title: string;
  /** Between title and body, across the whole width: tabs, steps. */
  readonly head?: ReactNode;
  /** Left end of the foot: a summary. */
  readonly note?: ReactNode;
  /** In Windows order, the default first; other platforms get them the other way round. */
  readonly buttons: readonly ReactElement[];
  /** Default: medium. 'medium', 'large' and 'huge' keep one height whatever they show, for wizards, sheets and lists. */
  readonly size?: 'small' | 'wide' | 'medium' | 'large' | 'huge';
  /** Something would be lost by leaving. */
  readonly isDirty: boolean;
  /** Enter, or the default button. */
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  /**
   * The first control (of radio buttons the chosen one), or the one with `data-first-focus`, gets the focus when this changes; unless it is on a tab,
   * where whoever goes along the tabs stays.
   */
  readonly pageKey?: string;
  readonly children: ReactNode;
}

const useStyles = makeStyles({
  // Its edge is seen on a dialog of the same colour below it, too.
  surface: {
    borderTopColor: tokens.colorNeutralStroke1,
    borderRightColor: tokens.colorNeutralStroke1,
    borderBottomColor: tokens.colorNeutralStroke1,
    borderLeftColor: tokens.colorNeutralStroke1,
    padding: 0,
    maxHeight: 'calc(100vh - 32px)',
    borderRadius: tokens.borderRadiusLarge,
  },
  small: { maxWidth: '480px' },
  wide: { maxWidth: '620px' },
  medium: { maxWidth: '620px' },
  large: { maxWidth: '720px' },
  huge: { maxWidth: '1000px' },
  form: { display: 'flex', flexDirection: 'column', maxHeight: 'calc(100vh - 32px)' },
  tall: { height: 'min(680px, calc(100vh - 32px))' },
  wizard: { height: 'min(500px, calc(100vh - 32px))' },
  title: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalS} ${tokens.spacingHorizontalXL}`,
    gap: tokens.spacingHorizontalS,
    minWidth: 0,
  },
  name: {
    fontSize: tokens.fontSizeBase400,
    lineHeight: tokens.lineHeightBase400,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
  head: {
    paddingInline: tokens.spacingHorizontalXL,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  body: {
    flexGrow: 1,
    minHeight: 0,
    overflow: 'auto',
    padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalXL}`,
    outlineStyle: 'none',
    // Radio buttons stand in line with the label above them.
    '& .fui-RadioGroup': { marginInlineStart: '-8px' },
    ':focus-visible': { boxShadow: `inset 0 0 0 2px ${tokens.colorStrokeFocus2}` },
  },
  foot: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalXL}`,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  note: { flexGrow: 1, minWidth: 0, color: tokens.colorNeutralForeground2 },
});

const isMac = /mac/i.test(globalThis.navigator?.userAgent ?? '');
const firstControl =
  'input:not([disabled], [hidden]), textarea:not([disabled]), select:not([disabled]), [role="combobox"]:not([disabled])';

export function FormDialog(props: FormDialogProps): ReactElement {
  const {
    title,
    head,
    note,
    buttons,
    size = 'medium',
    isDirty,
    onSubmit,
    onClose,
    pageKey,
    children,
  } = props;
  const styles = useStyles();
  const body = useRef<HTMLDivElement>(null);
  const [isAsking, setIsAsking] = useState(false);
  const isTabStop = useNeedsTabStop(body);
  useFocusBack();
  const awaitAnswer = useFocusOnFault(body);
  const leave = (): void => (isDirty ? setIsAsking(true) : onClose());

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page is what moves the focus.
  useLayoutEffect(() => {
    const focusFirst = (): void => {
      // What is typed at once must not be selected and typed over.
      if (body.current?.contains(document.activeElement)) return;
      if (isOnTabOf(body.current?.closest('form'))) return;
      const control =
        body.current?.querySelector<HTMLElement>('[data-first-focus]') ??
        findFirstControl(body.current) ??
        body.current?.querySelector<HTMLElement>('[role="grid"]') ??
        body.current?.closest('form')?.querySelector<HTMLElement>('button[type="submit"]');
      control?.focus();
      if (control instanceof HTMLInputElement && control.type === 'text') control.select();
    };
    // At once, so that no key is lost between two pages; and after the dialog's own choice when it opens.
    focusFirst();
    const frame = requestAnimationFrame(focusFirst);
    return () => cancelAnimationFrame(frame);
  }, [pageKey]);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // A dialog above this one is drawn elsewhere, but its form events bubble through here.
    event.stopPropagation();
    awaitAnswer();
    onSubmit();
  };

  return (
    <Dialog
      open
      onOpenChange={(_, data) => {
        if (data.open || data.type === 'backdropClick') return;
        // Keys in a dialog or menu above this one bubble through here; they are not about this one.
        const form = body.current?.closest('form');
        if (data.event.target instanceof Node && form?.contains(data.event.target) === false) return;
        leave();
      }}
    >
      <DialogSurface className={mergeClasses(styles.surface, styles[size])}>
        <form
          className={mergeClasses(
            styles.form,
            (size === 'large' || size === 'huge') && styles.tall,
            size === 'medium' && styles.wizard,
          )}
          onSubmit={submit}
          noValidate
        >
          <div className={styles.title}>
            <DialogTitle className={styles.name} action={null}>
              {title}
            </DialogTitle>
            <Button
              appearance="subtle"
              size="small"
              aria-label="Close"
              icon={<DismissRegular />}
              onClick={leave}
            />
          </div>
          {head !== undefined && <div className={styles.head}>{head}</div>}
          <div
            ref={body}
            className={styles.body}
            {...(isTabStop && { role: 'region', 'aria-label': title, tabIndex: 0 })}
          >
            {children}
          </div>
          <div className={styles.foot}>
            <div className={styles.note}>{note}</div>
            <LeaveContext value={leave}>{isMac ? buttons.toReversed() : buttons}</LeaveContext>
          </div>
        </form>
        {isAsking && (
          <ConfirmDialog
            title="Discard what you entered?"
            text="Nothing of it has been applied."
            confirmLabel="Discard"
            onConfirm={onClose}
            onCancel={() => setIsAsking(false)}
          />
        )}
      </DialogSurface>
    </Dialog>
  );
}

const LeaveContext = createContext<() => void>(() => undefined);

/** For the buttons of a form that is long to fill in: like Escape it asks first when something was entered. */
export function CancelButton(): ReactElement {
  const leave = useContext(LeaveContext);
  return <Button onClick={leave}>Cancel</Button>;
}

function findFirstControl(body: HTMLElement | null): HTMLElement | null | undefined {
  const first = body?.querySelector<HTMLElement>(firstControl);
  if (!(first instanceof HTMLInputElement) || first.type !== 'radio') return first;
  return first.closest('[role="radiogroup"]')?.querySelector<HTMLElement>('input:checked') ?? first;
}

/**
 * What is sent and refused brings the focus to the first field that is wrong, now or when the engine has answered.
 * Call what is returned when the form is sent. Whoever went elsewhere meanwhile stays there.
 */
function useFocusOnFault(body: RefObject<HTMLElement | null>): () => void {
  const sentFrom = useRef<Element>(null);
  useEffect(() => {
    if (sentFrom.current === null) return;
    const wrong = body.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    if (!wrong) return;
    if (document.activeElement === sentFrom.current) wrong.focus();
    sentFrom.current = null;
  });
  return () => {
    sentFrom.current = document.activeElement;
  };
}

/** Whether the focus is in the row of tabs of this form. */
function isOnTabOf(form: HTMLFormElement | null | undefined): boolean {
  const { activeElement } = document;
  return activeElement?.getAttribute('role') === 'tab' && form?.contains(activeElement) === true;
}

/** Leaving gives the focus back to what had it before. */
function useFocusBack(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // After the dialog is really gone: what lies behind it cannot take the focus before.
      requestAnimationFrame(() => {
        if (opener instanceof HTMLElement && opener.isConnected && document.activeElement === document.body)
          opener.focus();
      });
    },
    [opener],
  );
}
