/** Chooses a folder of the engine's computer where no system dialog is at hand. */
import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { ArrowUpRegular, FolderRegular } from '@fluentui/react-icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { type FolderRequest, readFault, useClient } from '../client';
import { type Column, DataList } from '../ui/data-list';
import { FormDialog } from '../ui/form-dialog';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  path: {
    display: 'flex',
    alignItems: 'flex-end',
    gap: tokens.spacingHorizontalS,
    '& > :first-child': { flexGrow: 1 },
  },
  list: { height: '240px', border: `1px solid ${tokens.colorNeutralStroke2}` },
  name: { display: 'inline-flex', alignItems: 'center', gap: tokens.spacingHorizontalSNudge },
});

function FolderName({ name }: { readonly name: string }): ReactElement {
  return (
    <span className={useStyles().name}>
      <FolderRegular aria-hidden />
      {name}
    </span>
  );
}

const columns: readonly Column<string>[] = [
  {
    id: 'name',
    title: 'Folder',
    width: 300,
    render: (name) => <FolderName name={name} />,
    text: (name) => name,
  },
];

export function FolderDialog({ request }: { readonly request: FolderRequest }): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const [path, setPath] = useState(request.startPath);
  const [typed, setTyped] = useState<string>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { data, error } = useQuery({
    queryKey: ['folders', path],
    // A folder that is to be made does not exist yet: then one begins where the engine begins.
    queryFn: () =>
      client.system
        .folders({ path })
        .catch((fault) =>
          path === request.startPath ? client.system.folders({ path: '' }) : Promise.reject(fault),
        ),
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
  const here = data?.path ?? path;
  const goTo = (next: string): void => {
    setTyped(undefined);
    setSelected(new Set());
    setPath(next);
  };
  const join = (name: string): string =>
    /[\\/]$/.test(here) ? here + name : `${here}${here.includes('\\') ? '\\' : '/'}${name}`;
  const [name] = selected;
  const chosen = typed ?? (name === undefined ? here : join(name));
  const submit = (): void => {
    // Enter in the path field goes there; only what was seen to exist is taken.
    if (typed !== undefined && typed.trim() !== here) goTo(typed.trim());
    else request.answer(chosen);
  };
  return (
    <FormDialog
      title="Choose a folder"
      size="small"
      isDirty={false}
      onSubmit={submit}
      onClose={() => request.answer(undefined)}
      buttons={[
        <Button key="ok" type="submit" appearance="primary">
          OK
        </Button>,
        <Button key="cancel" onClick={() => request.answer(undefined)}>
          Cancel
        </Button>,
      ]}
    >
      <div className={styles.root}>
        <div className={styles.path}>
          <Field label="Folder on the computer of the engine">
            <Input value={chosen} onChange={(_, input) => setTyped(input.value)} />
          </Field>
          <Button
            icon={<ArrowUpRegular />}
            aria-label="Folder above"
            disabled={data?.parent === undefined}
            onClick={() => data?.parent !== undefined && goTo(data.parent)}
          />
        </div>
        {error !== null && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{readFault(error).text}</MessageBarBody>
          </MessageBar>
        )}
        <div className={styles.list}>
          <DataList
            label="Folders"
            listId="folders"
            columns={columns}
            total={data?.folders.length ?? 0}
            rowAt={(index) => data?.folders[index]}
            rowKey={(folder) => folder}
            selectedKeys={selected}
            onSelect={(keys) => {
              setTyped(undefined);
              setSelected(new Set([...keys].slice(-1)));
            }}
            onOpen={(folder) => goTo(join(folder))}
            empty={null}
          />
        </div>
      </div>
    </FormDialog>
  );
}
