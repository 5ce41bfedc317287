/** A file on the engine's computer: its path, and Browse… for the folder that it lies in. */
import { Field } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { usePickFolder } from '../client';
import { FolderInput } from '../ui/folder-input';
import { fieldOf, SettingLabel, type SettingProps } from './field-parts';
import { joinPath, splitPath } from './field-text';
import { useSetting } from './sheet-context';

export interface FileSettingProps extends SettingProps {
  /** Proposed where none was named yet. */
  readonly fileName: string;
  /** What an empty field means. */
  readonly placeholder: string;
}

export function FileSetting(props: FileSettingProps): ReactElement {
  const { name, label, hint, reasonAgainst, fileName, placeholder } = props;
  const { value, set, leave, fault, facts, isReadOnly } = useSetting(name);
  const browse = usePickFolder();
  const { folder, file } = splitPath(String(value ?? ''));
  return (
    <Field
      data-setting={name}
      label={<SettingLabel name={name} label={label} />}
      {...fieldOf(fault, reasonAgainst ?? hint ?? facts.text)}
    >
      <FolderInput
        value={String(value ?? '')}
        onValue={set}
        onBlur={leave}
        disabled={isReadOnly || reasonAgainst !== undefined}
        placeholder={placeholder}
        browse={async () => {
          const chosen = await browse(folder);
          return chosen === undefined ? undefined : joinPath(chosen, file || fileName);
        }}
      />
    </Field>
  );
}
