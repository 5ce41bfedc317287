/** Drop alone in a page, over folders in memory: `?theme=dark`. */
import '../../../src-renderer/client/zod-without-eval';
import {
  FluentProvider,
  teamsHighContrastTheme,
  webDarkTheme,
  webLightTheme,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { ClientProvider, keys } from '../../../src-renderer/client';
import { CompareView, MessagePane } from '../../../src-renderer/mail-inspector';
import { DropView } from '../../../src-renderer/mail-lists';
import { createMailboxClient, type Mailbox } from './mailbox';

declare global {
  interface Window {
    /** Given by the test before the page loads. */
    mailbox?: Mailbox;
    /** Tells the page that the folders changed, as the engine's event would. */
    folderChanged?: () => void;
    /** Takes back what was done last. */
    undo?: () => Promise<string>;
  }
}

const query = new URLSearchParams(location.search);
const themes = { light: webLightTheme, dark: webDarkTheme, contrast: teamsHighContrastTheme };
const theme = {
  ...(themes[(query.get('theme') ?? 'light') as keyof typeof themes] ?? webLightTheme),
  fontSizeBase300: '13px',
  lineHeightBase300: '18px',
};
window.mailbox ??= { drop: [], badmail: [], queue: [], calls: [] };

function View(): ReactElement {
  const queryClient = useQueryClient();
  window.folderChanged = () => {
    void queryClient.invalidateQueries({ queryKey: keys.messages(1, 'drop') });
    void queryClient.invalidateQueries({ queryKey: keys.messages(1, 'badmail') });
    void queryClient.invalidateQueries({ queryKey: keys.queue(1) });
    void queryClient.invalidateQueries({ queryKey: keys.search });
  };
  return (
    <DropView
      forbidden={undefined}
      serverId={1}
      onEverywhere={() => undefined}
      onDone={({ undo }) => {
        window.undo = undo;
      }}
      renderMessage={({ address, row, onDelete }) => (
        <MessagePane address={address} row={row} onDelete={onDelete} whyNotDelete={undefined} />
      )}
      renderComparison={([first, second]) => <CompareView first={first} second={second} />}
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
      <main style={{ height: '100%' }}>
        <h1 hidden>Inspector</h1>
        <View />
      </main>
    </FluentProvider>
  </ClientProvider>,
);
