/** Second page: what the provider needs from us, and what has to be done over there. */
import { Field, Input, makeStyles, Radio, RadioGroup, Select, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import {
  type AnswerFault,
  loginOf,
  type SmartHostAnswers,
  type SmartHostPreset,
  stepsOf,
} from '../../src-main/api/contract';

/** Draws the field for an OAuth2 sign-in, which is another feature's. */
export type RenderSignInField = (props: {
  readonly value: string;
  readonly onValue: (id: string) => void;
  readonly label: string;
  readonly fault: string | undefined;
}) => ReactNode;

export interface AnswersPageProps {
  readonly preset: SmartHostPreset;
  readonly answers: SmartHostAnswers;
  readonly onAnswers: (part: SmartHostAnswers) => void;
  /** Shown at their fields. */
  readonly faults: readonly AnswerFault[];
  readonly renderSignIn: RenderSignInField;
}

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  radios: { marginInlineStart: '-8px' },
  title: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
  steps: {
    margin: 0,
    paddingInlineStart: tokens.spacingHorizontalXXL,
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalXS,
  },
});

export function AnswersPage(props: AnswersPageProps): ReactElement {
  const { preset, answers, onAnswers, faults, renderSignIn } = props;
  const styles = useStyles();
  const login = loginOf(preset, answers.method);
  const steps = stepsOf(preset, login);
  const reasonOf = (field: string): string | undefined =>
    faults.find((fault) => fault.field === field)?.reason;
  const told = (field: string) => {
    const reason = reasonOf(field);
    return reason === undefined ? {} : { validationState: 'error' as const, validationMessage: reason };
  };
  const input = (key: keyof SmartHostAnswers) => ({
    value: answers[key] ?? '',
    onChange: (_: unknown, data: { value: string }) => onAnswers({ [key]: data.value }),
    spellCheck: false,
  });
  return (
    <div className={styles.root}>
      {preset.fields.map(({ key, title, text, example, isOptional, choices }) => (
        <Field key={key} label={title} hint={text} required={isOptional !== true} {...told(key)}>
          {choices ? (
            <Select value={answers[key] ?? ''} onChange={(_, data) => onAnswers({ [key]: data.value })}>
              <option value="">choose</option>
              {choices.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          ) : (
            <Input {...input(key)} placeholder={example ?? ''} autoComplete="off" />
          )}
        </Field>
      ))}
      {preset.logins.length > 1 && (
        <Field label="Log-in">
          <RadioGroup
            className={styles.radios}
            value={login.method}
            onChange={(_, data) => {
              const method = preset.logins.find((each) => each.method === data.value)?.method;
              if (method) onAnswers({ method });
            }}
          >
            {preset.logins.map(({ method, title }) => (
              <Radio key={method} value={method} label={title} />
            ))}
          </RadioGroup>
        </Field>
      )}
      {login.user && (
        <Field label={login.user.title} hint={login.user.text} required {...told('user')}>
          <Input {...input('user')} placeholder={login.user.example ?? ''} autoComplete="off" />
        </Field>
      )}
      {login.password && (
        <Field label={login.password.title} hint={login.password.text} required {...told('password')}>
          <Input {...input('password')} type="password" autoComplete="new-password" />
        </Field>
      )}
      {login.signIn &&
        renderSignIn({
          value: answers.signIn ?? '',
          onValue: (signIn) => onAnswers({ signIn }),
          label: 'OAuth2 sign-in',
          fault: reasonOf('signIn'),
        })}
      {steps.length > 0 && (
        <>
          <h3 className={styles.title}>At the provider</h3>
          <ol className={styles.steps}>
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}
