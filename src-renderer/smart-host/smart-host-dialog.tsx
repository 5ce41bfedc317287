/** Set Up Smart Host: a provider is chosen, asked for what it needs, and what follows from it is set at once. */
import { Button, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import {
  describePlan,
  findAnswerFaults,
  planSmartHost,
  type ServerSettings,
  type SmartHostAnswers,
  type SmartHostPatch,
  type SmartHostPreset,
  smartHostPresets,
} from '../../src-main/api/contract';
import { readFault } from '../client';
import { FormDialog } from '../ui/form-dialog';
import { AnswersPage, type RenderSignInField } from './answers-page';
import { ProviderPage } from './provider-page';
import { ReviewPage } from './review-page';

export interface SmartHostDialogProps {
  readonly serverName: string;
  /** As it is now. */
  readonly settings: Pick<ServerSettings, keyof SmartHostPatch | 'domains' | 'furtherSmartHosts'>;
  /** It goes into an open sheet, which is applied later. */
  readonly isDraft?: boolean;
  /** Rejects with what was refused. */
  readonly apply: (patch: SmartHostPatch) => Promise<void>;
  readonly renderSignIn: RenderSignInField;
  readonly nameOfSignIn: (id: string) => string;
  /** Offers a test message once it is set. */
  readonly onTest?: () => void;
  readonly onClose: () => void;
}

type Page = 'provider' | 'answers' | 'review' | 'done';

const first = smartHostPresets[0] as SmartHostPreset;

export function SmartHostDialog(props: SmartHostDialogProps): ReactElement {
  const { serverName, settings, isDraft = false, apply, renderSignIn, nameOfSignIn, onTest, onClose } = props;
  const [page, setPage] = useState<Page>('provider');
  const [preset, setPreset] = useState(first);
  const [answers, setAnswers] = useState<SmartHostAnswers>({});
  const [isTold, setIsTold] = useState(false);
  const [fault, setFault] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const faults = findAnswerFaults(preset, answers);
  const plan = planSmartHost(preset, answers, settings);

  const set = async (): Promise<void> => {
    if (isBusy) return;
    setIsBusy(true);
    setFault(undefined);
    try {
      await apply(plan.patch);
      if (isDraft) onClose();
      else setPage('done');
    } catch (error) {
      setFault(readFault(error).text);
    } finally {
      setIsBusy(false);
    }
  };
  const goOn: Record<Page, () => void> = {
    provider: () => setPage('answers'),
    answers: () => {
      setIsTold(faults.length > 0);
      if (faults.length === 0) setPage('review');
    },
    review: () => void set(),
    done: onTest ?? onClose,
  };
  const verbs: Record<Page, string> = {
    provider: 'Next',
    answers: 'Next',
    review: isDraft ? 'OK' : 'Set It',
    done: onTest ? 'Send Test Message…' : 'Close',
  };
  const goBack = (): void => {
    setFault(undefined);
    setPage(page === 'review' ? 'answers' : 'provider');
  };
  const buttons = [
    <Button key="on" type="submit" appearance="primary" disabledFocusable={isBusy}>
      {verbs[page]}
    </Button>,
    <Button key="close" onClick={onClose}>
      {page === 'done' ? 'Close' : 'Cancel'}
    </Button>,
  ];
  return (
    <FormDialog
      title={page === 'provider' ? `Set Up Smart Host: ${serverName}` : `Set Up Smart Host: ${preset.title}`}
      size="large"
      pageKey={page}
      isDirty={page !== 'done' && Object.keys(answers).length > 0}
      onSubmit={goOn[page]}
      onClose={onClose}
      buttons={
        page === 'answers' || page === 'review'
          ? [
              <Button key="back" onClick={goBack}>
                Back
              </Button>,
              ...buttons,
            ]
          : page === 'done' && !onTest
            ? buttons.slice(0, 1)
            : buttons
      }
    >
      {fault !== undefined && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>{fault}</MessageBarBody>
        </MessageBar>
      )}
      {page === 'provider' && (
        <ProviderPage
          value={preset.id}
          onValue={(chosen) => {
            setPreset(chosen);
            setAnswers({});
            setIsTold(false);
          }}
        />
      )}
      {page === 'answers' && (
        <AnswersPage
          preset={preset}
          answers={answers}
          onAnswers={(part) => setAnswers((now) => ({ ...now, ...part }))}
          faults={isTold ? faults : []}
          renderSignIn={renderSignIn}
        />
      )}
      {page === 'review' && (
        <ReviewPage
          changes={describePlan(plan.patch, settings, nameOfSignIn)}
          notes={plan.notes}
          isDraft={isDraft}
        />
      )}
      {page === 'done' && (
        <MessageBar intent="success" layout="multiline">
          <MessageBarBody>
            All mail without a route of its own goes to {plan.patch.smartHost} now. A test message shows
            whether it is taken there.
          </MessageBarBody>
        </MessageBar>
      )}
    </FormDialog>
  );
}
