/** Chooses the client for the place where the page runs and mounts the shell. */
import './client/zod-without-eval';
import './app/page.css';
import { createRoot } from 'react-dom/client';
import { Shell } from './app/shell';
import { ClientProvider, createClient, findHost } from './client';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root element.');

createRoot(root).render(
  <ClientProvider client={createClient()} host={findHost()}>
    <Shell />
  </ClientProvider>,
);
