/** Queue or Badmail alone in a page, over folders in memory: `?view=queue&theme=dark`. */
import '../../../src-renderer/client/zod-without-eval';
import {
  FluentProvider,
  teamsHighContrastTheme,
  webDarkTheme,
  webLightTheme,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { MessageAddress } from '../../../src-main/api/contract';
import { BadmailView } from '../../../src-renderer/badmail';
import { ClientProvider, keys, useClient } from '../../../src-renderer/client';
import { QueueView } from '../../../src-renderer/queue';
import { ResendDialog, resendMessages } from '../../../src-renderer/resend';
import { Announcer, announce } from '../../../src-renderer/ui/announcer';
import { type ListAction, useListOnPage } from '../../../src-renderer/ui/list-on-page';
import { createMailboxClient, type Mailbox } from '../inspector-page/mailbox';

declare global {
  interface Window {
    /** Does what a verb of the window does with the list. */
    act?: (action: ListAction) => void;
    /** Takes back what was done last. */
    undo?: () => Promise<string>;
    /** What the list says against a verb. */
    whyNot?: (action: ListAction) => string | undefined;
  }
}

const query = new URLSearchParams(location.search);
const themes = { light: webLightTheme, dark: webDarkTheme, contrast: teamsHighContrastTheme };
const theme = {
  ...(themes[(query.get('theme') ?? 'light') as keyof typeof themes] ?? webLightTheme),
  fontSizeBase300: '13px',
  lineHeightBase300: '18px',
};
const empty: Mailbox = { drop: [], badmail: [], queue: [], calls: [] };
window.mailbox ??= empty;
window.act = (action) => useListOnPage.getState().list?.act(action);
window.whyNot = (action) => useListOnPage.getState().list?.reasons[action];

function View(): ReactElement {
  const queryClient = useQueryClient();
  useEffect(() => {
    window.folderChanged = () => {
      void queryClient.invalidateQueries({ queryKey: keys.messages(1, 'badmail') });
      void queryClient.invalidateQueries({ queryKey: keys.queue(1) });
    };
  });
  if (query.get('view') === 'badmail') return <Badmail />;
  return (
    <QueueView
      forbidden={query.has('viewer') ? 'This needs the role operator; you are a viewer.' : undefined}
      serverId={1}
      renderMessage={(queueId) => <p>Message {queueId}</p>}
      onShowTrace={(queueId) => window.mailbox?.calls.push({ name: 'trace', input: queueId })}
    />
  );
}

function Badmail(): ReactElement {
  const client = useClient();
  const [resent, setResent] = useState<readonly MessageAddress[]>();
  const onDone = ({ text, undo }: { text: string; undo: () => Promise<string> }): void => {
    announce(text);
    window.undo = undo;
  };
  return (
    <>
      <BadmailView
        forbidden={undefined}
        serverId={1}
        renderMessage={({ address }) => <p>Message {address.id}</p>}
        onResend={(messages) => resendMessages(client, messages)}
        onEditAndResend={setResent}
        onOpenRetention={() => window.mailbox?.calls.push({ name: 'housekeeping', input: undefined })}
        onDone={onDone}
      />
      {resent !== undefined && (
        <ResendDialog what={{ messages: resent }} onDone={onDone} onClose={() => setResent(undefined)} />
      )}
    </>
  );
}

const style = document.createElement('style');
style.textContent = 'html,body,#root{height:100%;margin:0}';
document.head.append(style);

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root element.');
createRoot(root).render(
  <ClientProvider client={createMailboxClient(window.mailbox)} host={undefined}>
    <FluentProvider theme={theme} style={{ height: '100%', fontSize: '13px' }}>
      <Announcer>
        <main style={{ height: '100%' }}>
          <h1 hidden>Queue and Badmail</h1>
          <View />
        </main>
      </Announcer>
    </FluentProvider>
  </ClientProvider>,
);
