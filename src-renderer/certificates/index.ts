/** Certificates of this computer, and which of them a virtual server shows its clients. */
export { CertificatesDialog } from './certificates-dialog';
