/** Certificates of this computer. */
import { Problem } from '../../engine/core/problem';
import type { Implementer } from '../implementer';
import type { Services } from './services';

const notYet = (): never => {
  throw new Problem('unavailable', 'Certificates are not available.');
};

export function createCertificateHandlers(os: Implementer, _services: Services) {
  return {
    list: os.certificates.list.handler(() => notYet()),
    createSelfSigned: os.certificates.createSelfSigned.handler(() => notYet()),
    createRequest: os.certificates.createRequest.handler(() => notYet()),
    request: os.certificates.request.handler(() => notYet()),
    installAnswer: os.certificates.installAnswer.handler(() => notYet()),
    importPfx: os.certificates.importPfx.handler(() => notYet()),
    importPem: os.certificates.importPem.handler(() => notYet()),
    export: os.certificates.export.handler(() => notYet()),
    renew: os.certificates.renew.handler(() => notYet()),
    rename: os.certificates.rename.handler(() => notYet()),
    remove: os.certificates.remove.handler(() => notYet()),
  };
}
