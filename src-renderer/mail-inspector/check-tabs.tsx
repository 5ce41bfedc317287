/** Tabs about what is right and wrong with a message in a folder, behind the tabs that show it. */
import type { ReactElement } from 'react';
import type { MessageAddress } from './message-content';

export interface CheckTab {
  readonly id: string;
  readonly title: string;
  readonly render: (address: MessageAddress) => ReactElement;
}

export const checkTabs: readonly CheckTab[] = [];
