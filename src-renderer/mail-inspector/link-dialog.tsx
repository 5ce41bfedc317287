/** Asks before a link of a message is opened outside, with the host that it really leads to. */
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
import { Warning16Filled } from '@fluentui/react-icons';
import { type ReactElement, useEffect, useRef } from 'react';
import { useFocusReturn } from '../ui/focus-return';
import { useCopy } from '../ui/use-copy';
import { readLinkTarget } from './link-target';
import type { FrameLink } from './message-frame';

const useStyles = makeStyles({
  surface: { maxWidth: '520px' },
  host: { fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold, overflowWrap: 'anywhere' },
  url: {
    marginTop: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalS,
    maxHeight: '120px',
    overflow: 'auto',
    backgroundColor: tokens.colorNeutralBackground2,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
  warning: {
    display: 'flex',
    alignItems: 'flex-start',
    gap: tokens.spacingHorizontalXS,
    marginTop: tokens.spacingVerticalS,
    color: tokens.colorStatusWarningForeground1,
  },
  icon: { flexShrink: 0, marginTop: '1px' },
});

export interface LinkDialogProps {
  readonly link: FrameLink;
  readonly onClose: () => void;
}

export function LinkDialog({ link, onClose }: LinkDialogProps): ReactElement {
  const styles = useStyles();
  useFocusReturn();
  const { copied, copy } = useCopy();
  const safe = useRef<HTMLElement>(null);
  useEffect(() => {
    const timer = setTimeout(() => safe.current?.focus());
    return () => clearTimeout(timer);
  }, []);
  const target = readLinkTarget(link.href, link.text);
  const open = (): void => {
    // The desktop hands it to the system's browser; neither gets a way back to this page.
    window.open(target.url, '_blank', 'noopener,noreferrer');
    onClose();
  };
  const canOpen = target.kind === 'web';
  return (
    <Dialog open modalType="alert" onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{canOpen ? 'Open this link in your browser?' : 'Where this link leads'}</DialogTitle>
          <DialogContent>
            {target.host !== '' && <div className={styles.host}>{target.host}</div>}
            <section className={styles.url} aria-label="Address">
              {target.url}
            </section>
            {target.warning !== undefined && (
              <div className={styles.warning}>
                <Warning16Filled className={styles.icon} aria-hidden />
                <span>{target.warning}</span>
              </div>
            )}
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={() => copy(target.url, 'Link')}>
              {copied === target.url ? 'Copied' : 'Copy link'}
            </Button>
            {canOpen && <Button onClick={open}>Open</Button>}
            <Button
              ref={(element: HTMLElement | null) => {
                safe.current = element;
              }}
              appearance="primary"
              onClick={onClose}
            >
              Cancel
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
