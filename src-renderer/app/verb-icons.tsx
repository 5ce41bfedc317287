/** The icon of each verb. */
import {
  AddRegular,
  ArrowClockwiseRegular,
  DeleteRegular,
  DismissCircleRegular,
  type FluentIcon,
  FolderOpenRegular,
  GlobeAddRegular,
  PauseRegular,
  PlayRegular,
  PlugDisconnectedRegular,
  RenameRegular,
  SendRegular,
  ServerRegular,
  SettingsRegular,
  StarRegular,
  StopRegular,
} from '@fluentui/react-icons';
import type { VerbId } from './verbs';

export const verbIcons: Record<VerbId, FluentIcon> = {
  start: PlayRegular,
  pause: PauseRegular,
  resume: PlayRegular,
  stop: StopRegular,
  'new-server': ServerRegular,
  'new-domain': GlobeAddRegular,
  'send-test': SendRegular,
  terminate: PlugDisconnectedRegular,
  'terminate-all': DismissCircleRegular,
  'set-default': StarRegular,
  'open-folder': FolderOpenRegular,
  rename: RenameRegular,
  delete: DeleteRegular,
  refresh: ArrowClockwiseRegular,
  properties: SettingsRegular,
};

export const NewIcon = AddRegular;
