/** Certificates of this computer, and which of them a virtual server shows its clients. */
export { CertificatesDialog, type CertificatesDialogProps } from './certificates-dialog';
