/** Asks before something that cannot be undone. The safe button is the default; Escape is the safe button. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { useFocusReturn } from './focus-return';

export interface ConfirmDialogProps {
  /** A question that names what and how many: "Delete 3 messages?" */
  readonly title: string;
  /** What will be and what will not. */
  readonly text: ReactNode;
  /** The verb of the question: "Delete". */
  readonly confirmLabel: string;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

const isMac = /mac/i.test(globalThis.navigator?.userAgent ?? '');

// Its edge is seen on a dialog of the same colour below it, too.
const useStyles = makeStyles({
  surface: {
    maxWidth: '440px',
    borderTopColor: tokens.colorNeutralStroke1,
    borderRightColor: tokens.colorNeutralStroke1,
    borderBottomColor: tokens.colorNeutralStroke1,
    borderLeftColor: tokens.colorNeutralStroke1,
  },
});

export function ConfirmDialog(props: ConfirmDialogProps): ReactElement {
  const { title, text, confirmLabel, onConfirm, onCancel } = props;
  const styles = useStyles();
  useFocusReturn();
  const safe = useRef<HTMLElement>(null);
  useEffect(() => {
    // The dialog focuses its first button when it has opened; this comes after that.
    const timer = setTimeout(() => safe.current?.focus());
    return () => clearTimeout(timer);
  }, []);
  const confirm = (
    <Button key="confirm" onClick={onConfirm}>
      {confirmLabel}
    </Button>
  );
  const cancel = (
    <Button
      key="cancel"
      ref={(element: HTMLElement | null) => {
        safe.current = element;
      }}
      appearance="primary"
      onClick={onCancel}
    >
      Cancel
    </Button>
  );
  return (
    <Dialog
      open
      modalType="alert"
      onOpenChange={(_, data) => {
        if (!data.open) onCancel();
      }}
    >
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent>{text}</DialogContent>
          <DialogActions fluid>{isMac ? [cancel, confirm] : [confirm, cancel]}</DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
