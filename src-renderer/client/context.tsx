/** Gives the client, the cache of answers and the host's capabilities to everything below. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactElement, type ReactNode, useContext, useState } from 'react';
import type { HostCapabilities } from '../../src-main/api/contract/host';
import type { ConsoleClient } from './client';

interface Given {
  readonly client: ConsoleClient;
  readonly host: HostCapabilities | undefined;
}

const GivenContext = createContext<Given | undefined>(undefined);

export interface ClientProviderProps extends Given {
  readonly children: ReactNode;
}

export function ClientProvider({ client, host, children }: ClientProviderProps): ReactElement {
  const [queryClient] = useState(createQueryClient);
  const [given] = useState<Given>({ client, host });
  return (
    <GivenContext value={given}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </GivenContext>
  );
}

/** Answers stay fresh until the engine says that they changed; "offline" means nothing for a loopback engine. */
function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
        retry: false,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

function useGiven(): Given {
  const given = useContext(GivenContext);
  if (given === undefined) throw new Error('ClientProvider is missing above this component.');
  return given;
}

export function useClient(): ConsoleClient {
  return useGiven().client;
}

/** undefined in the browser console. */
export function useHost(): HostCapabilities | undefined {
  return useGiven().host;
}
