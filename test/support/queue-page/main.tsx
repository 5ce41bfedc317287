/** Queue or Badmail alone in a page, over folders in memory: `?view=queue&theme=dark`. */
import '../../../src-renderer/client/zod-without-eval';
import {
  FluentProvider,
  teamsHighContrastTheme,
  webDarkTheme,
  webLightTheme,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { ClientProvider, keys } from '../../../src-renderer/client';
import { QueueView } from '../../../src-renderer/queue';
import { Announcer } from '../../../src-renderer/ui/announcer';
import { type ListAction, useListOnPage } from '../../../src-renderer/ui/list-on-page';
import { createMailboxClient, type Mailbox } from '../inspector-page/mailbox';

declare global {
  interface Window {
    /** Does what a verb of the window does with the list. */
    act?: (action: ListAction) => void;
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
  return (
    <QueueView
      forbidden={query.has('viewer') ? 'This needs the role operator; you are a viewer.' : undefined}
      serverId={1}
      renderMessage={(queueId) => <p>Message {queueId}</p>}
      onShowTrace={(queueId) => window.mailbox?.calls.push({ name: 'trace', input: queueId })}
    />
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
