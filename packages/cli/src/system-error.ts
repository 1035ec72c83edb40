import type { Translate } from './language/translate.ts';

const REASONS = {
  EACCES: 'reason.denied',
  EPERM: 'reason.denied',
  EROFS: 'reason.readOnly',
  ENOSPC: 'reason.full',
  EDQUOT: 'reason.full',
  EFBIG: 'reason.tooLarge',
  ENOENT: 'reason.missing',
  ENOTDIR: 'reason.missing',
  EISDIR: 'reason.folder',
  EMFILE: 'reason.tooManyOpen',
  ENFILE: 'reason.tooManyOpen',
  ENAMETOOLONG: 'reason.nameTooLong',
  ELOOP: 'reason.loop',
  EIO: 'reason.device',
  EEXIST: 'reason.exists',
  ECONNREFUSED: 'reason.nobodyListens',
  ENOTFOUND: 'reason.unknownHost',
  EAI_AGAIN: 'reason.unknownHost',
  ECONNRESET: 'reason.connectionReset',
  EPIPE: 'reason.connectionReset',
  ETIMEDOUT: 'reason.noAnswer',
  EHOSTUNREACH: 'reason.noRoute',
  ENETUNREACH: 'reason.noRoute',
  CERT_HAS_EXPIRED: 'reason.certificate',
  CERT_NOT_YET_VALID: 'reason.certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'reason.certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'reason.certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'reason.certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'reason.certificate',
} as const;

/** Why the system refused, in the user's words; its own code where there is no sentence for it. */
export function reasonOf(error: unknown, t: Translate): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code !== undefined && code in REASONS) return t(REASONS[code as keyof typeof REASONS]);
  return code ?? t('reason.unknown');
}
