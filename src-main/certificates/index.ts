/** Certificates of this computer: kept in its data folder, used by virtual servers by their number. */
export { findCertificateAttention } from './attention';
export { type CertificateActions, createCertificateActions } from './certificates';
export { rowOf } from './row';
export { type CertificateStore, openCertificates } from './store';
export { usesCertificate } from './usage';
