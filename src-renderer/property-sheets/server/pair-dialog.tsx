/** One identity is added or changed: where it listens, and how it encrypts. */
import { Button, Field, Link, makeStyles, Select, tokens } from '@fluentui/react-components';
import { LightbulbRegular } from '@fluentui/react-icons';
import { type ReactElement, useState } from 'react';
import { type Binding, binding } from '../../../src-main/api/contract';
import { useCertificates } from '../../client';
import { FormDialog } from '../../ui/form-dialog';
import { certificateChoices, certificateName } from '../certificate-words';
import { fieldOf } from '../field-parts';
import { PairFields } from './first-identity';
import { encryptionChoices, findPairFault, findPairHint, type PairSurroundings } from './identities';
import { tlsChoices } from './tls-words';

export interface PairDialogProps extends PairSurroundings {
  readonly title: string;
  readonly pair: Binding;
  readonly onAccept: (pair: Binding) => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  hint: {
    display: 'flex',
    alignItems: 'start',
    gap: tokens.spacingHorizontalXS,
    margin: 0,
    marginBlockStart: tokens.spacingVerticalXS,
  },
  icon: { display: 'inline-flex', flexShrink: 0, paddingBlockStart: tokens.spacingVerticalXXS },
});

const encryptionHints: Record<Binding['encryption'], string> = {
  starttls: 'Offered when there is a certificate.',
  implicit: 'Encrypted from the first byte.',
  none: 'Never offered, whatever certificate there is.',
};

export function PairDialog(props: PairDialogProps): ReactElement {
  const { title, pair: initial, serverCertificate, onAccept, onClose } = props;
  const styles = useStyles();
  const certificates = useCertificates().data;
  const [pair, setPair] = useState(initial);
  const [isLeft, setIsLeft] = useState(false);
  const change = (part: Partial<Binding>): void => setPair((before) => ({ ...before, ...part }));
  const fault = findPairFault(pair, props);
  const faultOf = (field: keyof Binding): string | undefined =>
    isLeft && fault?.field === field ? fault.reason : undefined;
  const hint = findPairHint(pair);
  const isPlain = pair.encryption === 'none';
  const serverCertificateName = certificateName(serverCertificate, certificates);
  return (
    <FormDialog
      title={title}
      size="small"
      isDirty={JSON.stringify(pair) !== JSON.stringify(initial)}
      onSubmit={() => {
        setIsLeft(true);
        if (fault === undefined) onAccept(binding.parse(pair));
      }}
      onClose={onClose}
      buttons={[
        <Button key="ok" type="submit" appearance="primary">
          OK
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <div className={styles.form}>
        <PairFields
          pair={pair}
          onChange={setPair}
          onLeave={() => setIsLeft(true)}
          addressFault={faultOf('address')}
          portFault={faultOf('port')}
        />
        <div>
          <Field label="Encryption" {...fieldOf(faultOf('encryption'), encryptionHints[pair.encryption])}>
            <Select
              value={pair.encryption}
              onChange={(_, data) => {
                setIsLeft(true);
                change({ encryption: data.value as Binding['encryption'] });
              }}
            >
              {encryptionChoices.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <div role="status">
            {hint !== undefined && (
              <p className={styles.hint}>
                <span className={styles.icon} aria-hidden>
                  <LightbulbRegular />
                </span>
                <span>
                  {hint.text}
                  <br />
                  {hint.remedies.map((remedy, at) => (
                    <span key={remedy.label}>
                      {at > 0 && ' · '}
                      <Link as="button" type="button" inline onClick={() => change(remedy.change)}>
                        {remedy.label}
                      </Link>
                    </span>
                  ))}
                </span>
              </p>
            )}
          </div>
        </div>
        <Field label="Certificate" {...fieldOf(faultOf('certificate'), false)}>
          <Select
            value={pair.certificate}
            disabled={isPlain}
            onChange={(_, data) => change({ certificate: data.value })}
          >
            <option value="">
              {`The virtual server's (${serverCertificate === '' ? 'none' : serverCertificateName})`}
            </option>
            {certificateChoices(certificates, pair.certificate).map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="Lowest TLS version">
          <Select
            value={pair.minimumTls}
            disabled={isPlain}
            onChange={(_, data) => change({ minimumTls: data.value as Binding['minimumTls'] })}
          >
            <option value="">As for the virtual server</option>
            {tlsChoices.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
      </div>
    </FormDialog>
  );
}
