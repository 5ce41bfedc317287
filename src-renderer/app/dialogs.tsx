/** The dialog that is up, if any; one at a time, but for choosing a folder, which stands above. */
import { type ReactElement, useEffect } from 'react';
import { CertificatesDialog } from '../certificates';
import { useFolderRequest, useServers, useStatus } from '../client';
import { TestMessageDialog } from '../overview';
import { AccountsDialog, OperatorsList } from '../people';
import { DomainSheet, ServerSheet } from '../property-sheets';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { NewDomainWizard, NewServerWizard } from '../wizards';
import { closeDialog, type OpenDialog, selectPlace, selectRows, useConsole } from './console-store';
import { ExportListDialog } from './export-list-dialog';
import { FolderDialog } from './folder-dialog';
import { AboutDialog, HelpDialog, ShortcutsDialog } from './help-dialogs';
import { useRestartOffer } from './restart';
import { useRunVerb } from './run-verb';
import { useVerbTarget } from './use-target';
import { verbOf } from './verbs';

export function Dialogs(): ReactElement {
  const dialog = useConsole((state) => state.dialog);
  const request = useFolderRequest((state) => state.request);
  useFocusInTree(dialog === undefined);
  return (
    <>
      {dialog !== undefined && <CurrentDialog dialog={dialog} />}
      {request !== undefined && <FolderDialog request={request} />}
    </>
  );
}

/** A dialog that a menu opened has nothing to give the focus back to; the tree is where the keys work. */
function useFocusInTree(isFree: boolean): void {
  useEffect(() => {
    if (!isFree) return;
    const timer = setTimeout(() => {
      if (document.activeElement === document.body)
        document.querySelector<HTMLElement>('[role="tree"] [tabindex="0"]')?.focus();
    }, focusWaitMs);
    return () => clearTimeout(timer);
  }, [isFree]);
}

/** Longer than a dialog takes to give the focus back itself. */
const focusWaitMs = 100;

function CurrentDialog({ dialog }: { readonly dialog: OpenDialog }): ReactElement | null {
  switch (dialog.kind) {
    case 'new-server':
      return (
        <NewServerWizard
          onClose={closeDialog}
          onCreated={(server) => {
            closeDialog();
            selectPlace({ kind: 'server', serverId: server.id });
          }}
        />
      );
    case 'new-domain':
      return (
        <NewDomainWizard
          serverId={dialog.serverId}
          onClose={closeDialog}
          onCreated={(domain) => {
            closeDialog();
            selectPlace({ kind: 'folder', serverId: dialog.serverId, folder: 'domains' });
            selectRows(new Set([domain.name]));
          }}
        />
      );
    case 'server-sheet':
    case 'domain-sheet':
      return <Sheet dialog={dialog} />;
    case 'send-test':
      return <SendTest serverId={dialog.serverId} />;
    case 'confirm-verb':
      return <ConfirmVerb dialog={dialog} />;
    case 'export-list':
      return <ExportList />;
    case 'help':
      return <HelpDialog target={dialog.target} />;
    case 'about':
      return <AboutDialog />;
    case 'shortcuts':
      return <ShortcutsDialog />;
  }
}

type SheetKind = 'server-sheet' | 'domain-sheet';

function Sheet({ dialog }: { readonly dialog: OpenDialog & { kind: SheetKind } }): ReactElement {
  const { offer, restart } = useRestartOffer(dialog.serverId);
  const shared = { onRestartNeeded: offer, onRestart: restart, onClose: closeDialog };
  return dialog.kind === 'server-sheet' ? (
    <ServerSheet
      serverId={dialog.serverId}
      firstPageId={dialog.tab}
      renderCertificates={(props) => <CertificatesDialog {...props} />}
      renderAccounts={(props) => <AccountsDialog {...props} />}
      renderOperators={() => <OperatorsList />}
      {...shared}
    />
  ) : (
    <DomainSheet serverId={dialog.serverId} name={dialog.name} {...shared} />
  );
}

function ExportList(): ReactElement {
  const { server, place } = useVerbTarget();
  const computerName = useStatus().data?.computerName ?? 'this computer';
  return <ExportListDialog owner={place.kind === 'folder' ? (server?.name ?? '') : computerName} />;
}

function SendTest({ serverId }: { readonly serverId: number }): ReactElement | null {
  const server = useServers().data?.find((each) => each.id === serverId);
  if (server === undefined) return null;
  return (
    <TestMessageDialog
      serverId={serverId}
      serverName={server.name}
      suggestedTo={`test@${server.defaultDomain}`}
      suggestedFrom={`postmaster@${server.defaultDomain}`}
      onShow={(folder) => {
        closeDialog();
        selectPlace({ kind: 'folder', serverId, folder });
      }}
      onClose={closeDialog}
    />
  );
}

function ConfirmVerb({
  dialog,
}: {
  readonly dialog: OpenDialog & { kind: 'confirm-verb' };
}): ReactElement | null {
  const run = useRunVerb();
  const confirmation = verbOf(dialog.verb).confirmation?.(dialog.target);
  if (confirmation === undefined) return null;
  return (
    <ConfirmDialog
      title={confirmation.title}
      text={confirmation.text}
      confirmLabel={confirmation.action}
      onCancel={closeDialog}
      onConfirm={() => {
        closeDialog();
        run(dialog.verb, dialog.target, { isConfirmed: true });
      }}
    />
  );
}
