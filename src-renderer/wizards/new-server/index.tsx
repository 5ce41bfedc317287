/** New SMTP Virtual Server Wizard: name, address, home directory, default domain, and what will be made. */
import { Field, Input, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import { formatBinding, type ServerSummary } from '../../../src-main/api/contract';
import { readFault, type Suggestions, useClient, usePickFolder, useSuggestions } from '../../client';
import { ChoiceInput } from '../../ui/choice-input';
import { FolderInput } from '../../ui/folder-input';
import { Summary } from '../summary';
import { WizardFrame, type WizardPage, type WizardRefusal } from '../wizard-frame';
import { bindingOf, type DraftField, draftFieldOf, pageOf } from './draft';
import { type FieldState, useCheckedDraft } from './use-checked-draft';

export interface NewServerWizardProps {
  readonly onCreated: (server: ServerSummary) => void;
  readonly onClose: () => void;
}

export function NewServerWizard(props: NewServerWizardProps): ReactElement {
  const { data } = useSuggestions();
  return data === undefined ? <Spinner aria-label="Loading" /> : <Wizard {...props} suggestions={data} />;
}

const useStyles = makeStyles({
  pair: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) 140px',
    columnGap: tokens.spacingHorizontalL,
    alignItems: 'start',
  },
  narrow: { minWidth: 0, '& input': { minWidth: 0 } },
});

function Wizard({
  suggestions,
  onCreated,
  onClose,
}: NewServerWizardProps & { suggestions: Suggestions }): ReactElement {
  const client = useClient();
  const browse = usePickFolder();
  const styles = useStyles();
  const checked = useCheckedDraft({
    name: '',
    address: '',
    port: String(suggestions.port),
    homeDirectory: suggestions.homeDirectory,
    defaultDomain: suggestions.fullyQualifiedDomainName,
  });
  const { draft } = checked;
  const page = (
    id: WizardPage['id'],
    title: string,
    fields: readonly DraftField[],
    content: ReactNode,
  ): WizardPage => ({
    id,
    title,
    isRight: checked.areRight(fields),
    check: () => checked.check(fields),
    content,
  });
  const name = checked.field('name');
  const home = checked.field('homeDirectory');
  const domain = checked.field('defaultDomain');
  const port = checked.field('port');

  const finish = async (): Promise<WizardRefusal | undefined> => {
    try {
      const server = await client.servers.create({
        name: draft.name.trim(),
        bindings: [bindingOf(draft)],
        homeDirectory: draft.homeDirectory.trim(),
        defaultDomain: draft.defaultDomain.trim(),
        isStarted: true,
      });
      onCreated(server);
      return undefined;
    } catch (error) {
      const fault = readFault(error);
      const field = fault.field === undefined ? undefined : draftFieldOf(fault.field);
      if (field === undefined) return { text: fault.text };
      checked.refuse(field, fault.text);
      return { text: fault.text, pageId: pageOf[field] };
    }
  };

  return (
    <WizardFrame
      title="New SMTP Virtual Server"
      isDirty={checked.isTouched}
      onClose={onClose}
      onFinish={finish}
      pages={[
        page(
          'name',
          'Name',
          ['name'],
          <Field label="Name" required hint="Shown in the tree and in logs." {...toldBy(name)}>
            <Input value={name.value} onChange={(_, data) => name.set(data.value)} onBlur={name.leave} />
          </Field>,
        ),
        page(
          'address',
          'Address',
          ['address', 'port'],
          <div className={styles.pair}>
            <AddressField state={checked.field('address')} addresses={suggestions.addresses} />
            <Field label="TCP port" hint="25 is what other mail servers expect." {...toldBy(port)}>
              <Input
                className={styles.narrow}
                inputMode="numeric"
                value={port.value}
                onChange={(_, data) => port.set(data.value)}
                onBlur={port.leave}
              />
            </Field>
          </div>,
        ),
        page(
          'home',
          'Home directory',
          ['homeDirectory'],
          <Field
            label="Home directory"
            required
            hint="Pickup, Queue, Drop and Badmail are made below it."
            {...toldBy(home)}
          >
            <FolderInput value={home.value} onValue={home.set} onBlur={home.leave} browse={browse} />
          </Field>,
        ),
        page(
          'domain',
          'Default domain',
          ['defaultDomain'],
          <Field
            label="Domain"
            required
            hint="Mail for this domain is dropped into the Drop folder. Further domains can be added later."
            {...toldBy(domain)}
          >
            <Input
              value={domain.value}
              onChange={(_, data) => domain.set(data.value)}
              onBlur={domain.leave}
            />
          </Field>,
        ),
        {
          id: 'finish',
          title: 'Finish',
          isRight: checked.areRight(['name', 'address', 'port', 'homeDirectory', 'defaultDomain']),
          content: (
            <Summary
              lead="This virtual server will be created and started. It relays for nobody until you allow it."
              lines={[
                ['Name', draft.name.trim()],
                ['Listens on', formatBinding(bindingOf(draft))],
                ['Home directory', draft.homeDirectory.trim()],
                ['Default domain', draft.defaultDomain.trim()],
              ]}
            />
          ),
        },
      ]}
    />
  );
}

/** Properties of a Field that tell what is wrong or worth knowing. */
const toldBy = ({ fault, warning }: FieldState) =>
  fault !== undefined
    ? { validationState: 'error' as const, validationMessage: fault }
    : warning !== undefined
      ? { validationState: 'warning' as const, validationMessage: warning }
      : {};

const allUnassigned = '(All Unassigned)';

function AddressField({
  state,
  addresses,
}: {
  readonly state: FieldState;
  readonly addresses: readonly string[];
}): ReactElement {
  const shown = state.value === '' ? allUnassigned : state.value;
  const take = (text: string): void => state.set(text === allUnassigned ? '' : text.trim());
  return (
    <Field
      label="IP address"
      hint="One address, or all that no other virtual server has taken."
      {...toldBy(state)}
    >
      <ChoiceInput
        value={shown}
        choices={[allUnassigned, ...addresses]}
        onValue={take}
        onBlur={state.leave}
      />
    </Field>
  );
}
