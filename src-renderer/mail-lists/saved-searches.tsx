/** Searches that were given a name. They belong to this Mailroot, not to one person. */
import {
  Button,
  Field,
  Input,
  Menu,
  MenuDivider,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { BookmarkRegular, DeleteRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { keys, useAction, useClient } from '../client';
import { FormDialog } from '../ui/form-dialog';
import { useSavedSearches } from './use-mail-acts';

const useStyles = makeStyles({
  query: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

export interface SavedSearchesProps {
  /** What is searched now; '' can not be saved. */
  readonly query: string;
  readonly forbidden: string | undefined;
  readonly onChoose: (query: string) => void;
}

export function SavedSearches({ query, forbidden, onChoose }: SavedSearchesProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const queryClient = useQueryClient();
  const saved = useSavedSearches();
  const [isNaming, setIsNaming] = useState(false);
  const forget = async (name: string): Promise<void> => {
    await client.search.forget({ name });
    void queryClient.invalidateQueries({ queryKey: keys.search });
  };
  return (
    <>
      <Menu>
        <MenuTrigger disableButtonEnhancement>
          <Button size="small" appearance="subtle" icon={<BookmarkRegular />}>
            Saved
          </Button>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {saved.length === 0 && <MenuItem disabled>No search is saved</MenuItem>}
            {saved.map((each) => (
              <MenuItem
                key={each.name}
                onClick={() => onChoose(each.query)}
                subText={<span className={styles.query}>{each.query}</span>}
              >
                {each.name}
              </MenuItem>
            ))}
            <MenuDivider />
            <MenuItem
              disabled={query === '' || forbidden !== undefined}
              icon={<BookmarkRegular />}
              onClick={() => setIsNaming(true)}
            >
              Save this search…
            </MenuItem>
            {saved.length > 0 && (
              <Menu>
                <MenuTrigger disableButtonEnhancement>
                  <MenuItem icon={<DeleteRegular />} disabled={forbidden !== undefined}>
                    Forget
                  </MenuItem>
                </MenuTrigger>
                <MenuPopover>
                  <MenuList>
                    {saved.map((each) => (
                      <MenuItem key={each.name} onClick={() => void forget(each.name)}>
                        {each.name}
                      </MenuItem>
                    ))}
                  </MenuList>
                </MenuPopover>
              </Menu>
            )}
          </MenuList>
        </MenuPopover>
      </Menu>
      {isNaming && <SaveDialog query={query} onClose={() => setIsNaming(false)} />}
    </>
  );
}

function SaveDialog({
  query,
  onClose,
}: {
  readonly query: string;
  readonly onClose: () => void;
}): ReactElement {
  const client = useClient();
  const action = useAction(keys.search);
  const [name, setName] = useState('');
  const save = async (): Promise<void> => {
    if ((await action.run(() => client.search.save({ name: name.trim(), query }))) === undefined) onClose();
  };
  return (
    <FormDialog
      title="Save search"
      size="small"
      isDirty={name !== ''}
      onSubmit={() => void save()}
      onClose={onClose}
      buttons={[
        <Button key="save" type="submit" appearance="primary" disabled={name.trim() === '' || action.isBusy}>
          Save
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <Field
        label="Name"
        hint={`Finds ${query}`}
        {...(action.fault === undefined
          ? {}
          : { validationMessage: action.fault.text, validationState: 'error' as const })}
      >
        <Input value={name} maxLength={100} onChange={(_, data) => setName(data.value)} />
      </Field>
    </FormDialog>
  );
}
