/** The dialog that is up, if any; one at a time, but for choosing a folder, which stands above. */
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect } from 'react';
import { CertificatesDialog } from '../certificates';
import { useClient, useFolderRequest, useServerDetails, useServerSummary, useStatus } from '../client';
import { ExplainDialog, type ExplainQuestion, TestMessageDialog } from '../diagnostics';
import { DkimDialog } from '../dkim';
import { SignInPicker, SignInsDialog, useSignInNames } from '../oauth';
import { AccountsDialog, OperatorsList, SystemOperatorsList } from '../people';
import {
  DkimSlot,
  DomainSheet,
  pageOfSetting,
  type RenderDkim,
  type RenderSignIn,
  ServerSheet,
  SignInSlot,
  SmartHostSlot,
  type SmartHostSlotProps,
  showSetting,
} from '../property-sheets';
import { ResendDialog } from '../resend';
import { SmartHostDialog } from '../smart-host';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { NewDomainWizard, NewServerWizard, NextStepsDialog } from '../wizards';
import {
  closeDialog,
  type OpenDialog,
  openDialog,
  selectPlace,
  selectRows,
  useConsole,
} from './console-store';
import { ExportListDialog } from './export-list-dialog';
import { FolderDialog } from './folder-dialog';
import { AboutDialog, HelpDialog, ShortcutsDialog } from './help-dialogs';
import { noteDone } from './mail-seams';
import { useRestartOffer } from './restart';
import { useRunVerb } from './run-verb';
import { useVerbTarget } from './use-target';
import { verbOf } from './verbs';

export function Dialogs(): ReactElement {
  const dialog = useConsole((state) => state.dialog);
  const request = useFolderRequest((state) => state.request);
  useFocusInTree(dialog === undefined);
  return (
    <SignInSlot value={renderSignIn}>
      <SmartHostSlot value={renderSmartHost}>
        <DkimSlot value={renderDkim}>
          {dialog !== undefined && <CurrentDialog key={dialogKey(dialog)} dialog={dialog} />}
        </DkimSlot>
        {request !== undefined && <FolderDialog request={request} />}
      </SmartHostSlot>
    </SignInSlot>
  );
}

const renderDkim: RenderDkim = (props) => <DkimDialog {...props} />;
const renderSignIn: RenderSignIn = (props) => <SignInPicker {...props} />;
const renderSmartHost = (props: SmartHostSlotProps): ReactElement => <SmartHostOfSheet {...props} />;

function SmartHostOfSheet({ settings, onPatch, onClose }: SmartHostSlotProps): ReactElement {
  return (
    <SmartHostDialog
      serverName={settings.name}
      settings={settings}
      isDraft
      apply={async (patch) => onPatch(patch)}
      renderSignIn={(props) => <SignInPicker {...props} />}
      nameOfSignIn={useSignInNames()}
      onClose={onClose}
    />
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

/** One dialog that takes the place of another begins anew, whatever the two are made of. */
const dialogKey = (dialog: OpenDialog): string =>
  'serverId' in dialog ? `${dialog.kind}/${dialog.serverId}` : dialog.kind;

function CurrentDialog({ dialog }: { readonly dialog: OpenDialog }): ReactElement | null {
  switch (dialog.kind) {
    case 'new-server':
      return (
        <NewServerWizard
          onClose={closeDialog}
          onCreated={(server) => {
            selectPlace({ kind: 'server', serverId: server.id });
            openDialog({ kind: 'next-steps', serverId: server.id });
          }}
        />
      );
    case 'new-domain':
      return (
        <NewDomainWizard
          serverId={dialog.serverId}
          onClose={() => leave(dialog)}
          onCreated={(domain) => {
            leave(dialog);
            selectPlace({ kind: 'folder', serverId: dialog.serverId, folder: 'domains' });
            selectRows(new Set([domain.name]));
          }}
        />
      );
    case 'server-sheet':
    case 'domain-sheet':
      return <Sheet dialog={dialog} />;
    case 'send-test':
      return <SendTest dialog={dialog} />;
    case 'explain':
      return <Explain dialog={dialog} />;
    case 'resend':
      return <ResendDialog what={dialog} onDone={noteDone} onClose={closeDialog} />;
    case 'next-steps':
      return <NextSteps dialog={dialog} />;
    case 'confirm-verb':
      return <ConfirmVerb dialog={dialog} />;
    case 'sign-ins':
      return <SignInsDialog onClose={closeDialog} />;
    case 'smart-host':
      return <SmartHost dialog={dialog} />;
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
  const { setting } = dialog;
  useEffect(() => (setting === undefined ? undefined : showSetting(setting)), [setting]);
  const shared = { onRestartNeeded: offer, onRestart: restart, onClose: () => leave(dialog) };
  return dialog.kind === 'server-sheet' ? (
    <ServerSheet
      serverId={dialog.serverId}
      firstPageId={dialog.tab ?? (setting === undefined ? undefined : pageOfSetting(setting))}
      renderCertificates={(props) => <CertificatesDialog {...props} />}
      renderAccounts={(props) => <AccountsDialog {...props} />}
      renderOperators={() => <OperatorsList />}
      renderSystemOperators={() => <SystemOperatorsList />}
      {...shared}
    />
  ) : (
    <DomainSheet serverId={dialog.serverId} name={dialog.name} {...shared} />
  );
}

function SmartHost({ dialog }: Of<'smart-host'>): ReactElement | null {
  const { serverId } = dialog;
  const client = useClient();
  const queryClient = useQueryClient();
  const nameOfSignIn = useSignInNames();
  const settings = useServerDetails(serverId).data?.settings;
  if (settings === undefined) return null;
  return (
    <SmartHostDialog
      serverName={settings.name}
      settings={settings}
      apply={async (patch) => {
        await client.servers.set({ serverId, patch });
        void queryClient.invalidateQueries();
      }}
      renderSignIn={(props) => <SignInPicker {...props} />}
      nameOfSignIn={nameOfSignIn}
      onTest={() => openDialog({ kind: 'send-test', serverId })}
      onClose={() => leave(dialog)}
    />
  );
}

function ExportList(): ReactElement {
  const { server, place } = useVerbTarget();
  const computerName = useStatus().data?.computerName ?? 'this computer';
  return <ExportListDialog owner={place.kind === 'folder' ? (server?.name ?? '') : computerName} />;
}

/** Back to the dialog that led here, if one did. */
const leave = (dialog: { readonly returnTo?: OpenDialog }): void => openDialog(dialog.returnTo);

type Of<K extends OpenDialog['kind']> = { readonly dialog: OpenDialog & { readonly kind: K } };

function SendTest({ dialog }: Of<'send-test'>): ReactElement | null {
  const { serverId } = dialog;
  const server = useServerSummary(serverId);
  const settings = useServerDetails(serverId).data?.settings;
  if (server === undefined || settings === undefined) return null;
  return (
    <TestMessageDialog
      serverId={serverId}
      serverName={server.name}
      takesLogIn={settings.allowsBasic}
      suggestedTo={`test@${server.defaultDomain}`}
      suggestedFrom={`postmaster@${server.defaultDomain}`}
      draft={dialog.draft}
      onShow={(folder) => {
        closeDialog();
        selectPlace({ kind: 'folder', serverId, folder });
      }}
      onExplain={(question) => openDialog({ kind: 'explain', serverId, question, asksAtOnce: true })}
      onClose={() => leave(dialog)}
    />
  );
}

/** By virtual server; whoever changes a setting and comes back asks the same again. */
const lastQuestions = new Map<number, ExplainQuestion>();

function Explain({ dialog }: Of<'explain'>): ReactElement | null {
  const { serverId } = dialog;
  const server = useServerSummary(serverId);
  if (server === undefined) return null;
  const last = lastQuestions.get(serverId) ?? {
    from: `postmaster@${server.defaultDomain}`,
    to: `test@${server.defaultDomain}`,
    clientAddress: '127.0.0.1',
    user: '',
    isEncrypted: false,
  };
  return (
    <ExplainDialog
      serverId={serverId}
      serverName={server.name}
      initial={{ ...last, ...dialog.question }}
      asksAtOnce={dialog.asksAtOnce === true}
      onAsked={(question) => lastQuestions.set(serverId, question)}
      onOpenControl={({ setting: named, domain }) => {
        // Accounts are managed from the dialog that lets them log in.
        const setting = named === 'accounts' ? 'allowsBasic' : named;
        const returnTo: OpenDialog = { kind: 'explain', serverId, asksAtOnce: true };
        if (domain !== undefined && setting !== 'domains')
          openDialog({ kind: 'domain-sheet', serverId, name: domain, setting, returnTo });
        else if (pageOfSetting(setting) !== undefined)
          openDialog({ kind: 'server-sheet', serverId, setting, returnTo });
        else {
          closeDialog();
          selectPlace({ kind: 'folder', serverId, folder: 'domains' });
          if (domain !== undefined) selectRows(new Set([domain]));
        }
      }}
      onClose={closeDialog}
    />
  );
}

function NextSteps({ dialog }: Of<'next-steps'>): ReactElement | null {
  const { serverId } = dialog;
  const server = useServerSummary(serverId);
  if (server === undefined) return null;
  return (
    <NextStepsDialog
      server={server}
      onStep={(step) => {
        if (step === 'smart-host')
          openDialog({ kind: 'server-sheet', serverId, setting: 'smartHost', returnTo: dialog });
        else openDialog({ kind: step, serverId, returnTo: dialog });
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
