/** Certificate…: opens the certificates of this computer for the draft of the sheet. */
import { Button } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useState } from 'react';
import { useSheet } from '../../sheet-context';
import { Mark } from '../../sheet-tabs';

export interface CertificatesSlotProps {
  readonly selectedId: string;
  readonly serverName: string;
  readonly suggestedNames: readonly string[];
  readonly onSelect: (id: string) => void;
  readonly onClose: () => void;
}

/** Draws the dialog of the certificates, which is another feature's. */
export type RenderCertificates = (props: CertificatesSlotProps) => ReactNode;

const keys = ['certificate'];

export interface CertificateButtonProps {
  readonly serverName: string;
  readonly suggestedNames: readonly string[];
  readonly render: RenderCertificates;
}

export function CertificateButton({
  serverName,
  suggestedNames,
  render,
}: CertificateButtonProps): ReactElement {
  const sheet = useSheet();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button data-opens="certificate" onClick={() => setIsOpen(true)}>
        Certificate…
        <Mark
          keys={keys}
          where="in it"
          marks={{ isChanged: sheet.isChanged, isWrong: (key) => sheet.faultsOf(key).length > 0 }}
        />
      </Button>
      {isOpen &&
        render({
          selectedId: String(sheet.value('certificate') ?? ''),
          serverName,
          suggestedNames,
          onSelect: (id) => {
            sheet.set('certificate', id);
            sheet.leave('certificate');
          },
          onClose: () => setIsOpen(false),
        })}
    </>
  );
}
