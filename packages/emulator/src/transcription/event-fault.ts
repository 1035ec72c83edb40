/** Why a client event is not obeyed: what stands in `error` of the answer to it. */
export class EventFault extends Error {
  override name = 'EventFault';
  readonly code: 'invalid_value' | 'missing_param';
  /** The field that is wrong. */
  readonly param: string;

  constructor(
    message: string,
    { code, param = '' }: { code: EventFault['code']; param?: string | undefined },
  ) {
    super(message);
    this.code = code;
    this.param = param;
  }
}
