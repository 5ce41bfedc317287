/**
 * The frame of a wizard: steps on top, one question a page, Back / Next / Cancel. The page decides whether it
 * is right; leaving it may ask the engine first and be refused.
 */
import {
  Button,
  MessageBar,
  MessageBarBody,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import { CheckmarkRegular } from '@fluentui/react-icons';
import { type ReactElement, type ReactNode, useState } from 'react';
import { FormDialog } from '../ui/form-dialog';

export interface WizardPage {
  readonly id: string;
  /** In the row of steps. */
  readonly title: string;
  /** Next is offered only then. */
  readonly isRight: boolean;
  /** Asked when Next is chosen; false stays on the page, which then says why. Default: true. */
  readonly check?: () => Promise<boolean>;
  readonly content: ReactNode;
}

export interface WizardFrameProps {
  readonly title: string;
  readonly pages: readonly WizardPage[];
  readonly isDirty: boolean;
  /** Throws nothing: a refusal comes back as text, with the page that can mend it. */
  readonly onFinish: () => Promise<WizardRefusal | undefined>;
  readonly onClose: () => void;
}

export interface WizardRefusal {
  readonly text: string;
  readonly pageId?: string;
}

const useStyles = makeStyles({
  steps: {
    display: 'flex',
    gap: tokens.spacingHorizontalXXL,
    margin: 0,
    padding: `0 0 ${tokens.spacingVerticalM}`,
    listStyleType: 'none',
    fontSize: tokens.fontSizeBase200,
  },
  step: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    color: tokens.colorNeutralForeground3,
  },
  here: { color: tokens.colorNeutralForeground1, fontWeight: tokens.fontWeightSemibold },
  page: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
});

export function WizardFrame({
  title,
  pages,
  isDirty,
  onFinish,
  onClose,
}: WizardFrameProps): ReactElement | null {
  const styles = useStyles();
  const [at, setAt] = useState(0);
  const [isBusy, setIsBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const page = pages[at];
  if (page === undefined) return null;
  const isLast = at === pages.length - 1;
  const canGo = page.isRight && !isBusy;

  const goOn = async (): Promise<void> => {
    if (!canGo) return;
    setIsBusy(true);
    try {
      if (page.check !== undefined && !(await page.check())) return;
      if (!isLast) return setAt(at + 1);
      const answer = await onFinish();
      setRefusal(answer?.text);
      const back = pages.findIndex((each) => each.id === answer?.pageId);
      if (back >= 0) setAt(back);
    } finally {
      setIsBusy(false);
    }
  };
  const goBack = (): void => {
    setRefusal(undefined);
    setAt(at - 1);
  };

  return (
    <FormDialog
      title={title}
      head={<Steps pages={pages} at={at} />}
      isDirty={isDirty}
      onSubmit={() => void goOn()}
      onClose={onClose}
      pageKey={page.id}
      buttons={[
        <Button key="back" disabled={at === 0 || isBusy} onClick={goBack}>
          Back
        </Button>,
        <Button key="next" type="submit" appearance="primary" disabledFocusable={!canGo}>
          {isLast ? 'Finish' : 'Next'}
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <div className={styles.page} key={page.id}>
        {refusal !== undefined && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{refusal}</MessageBarBody>
          </MessageBar>
        )}
        {page.content}
      </div>
    </FormDialog>
  );
}

function Steps({ pages, at }: { readonly pages: readonly WizardPage[]; readonly at: number }): ReactElement {
  const styles = useStyles();
  return (
    <ol className={styles.steps} aria-label="Steps">
      {pages.map((page, index) => (
        <li
          key={page.id}
          className={mergeClasses(styles.step, index === at && styles.here)}
          {...(index === at ? { 'aria-current': 'step' as const } : {})}
        >
          {index < at ? <CheckmarkRegular aria-label="done" /> : <span>{index + 1}</span>}
          {page.title}
        </li>
      ))}
    </ol>
  );
}
