import { number, text, type MessageField } from './node-definition.ts';

const served = { property: 'output', is: ['url'] } as const;

/** Of nodes that can serve a sound at an address, their `output` being `url`. */
export const servedUrlProperties = {
  expiresAfterMinutes: number({
    label: { en: 'Address lasts', zh: '地址有效期' },
    help: {
      en: 'After this time the address finds nothing any more.',
      zh: '超过此时间后地址失效。',
    },
    min: 1,
    max: 1440,
    integer: true,
    default: 60,
    unit: { en: 'minutes', zh: '分钟' },
    shownIf: served,
  }),
  publicURL: text({
    label: { en: 'Reached at', zh: '外部地址' },
    help: {
      en: 'How players reach this Node-RED. Blank: at the address of this machine in its network. Where `httpNodeAuth` is set, players need its login.',
      zh: '播放设备访问此 Node-RED 的地址。留空则使用本机的局域网地址。若设置了 `httpNodeAuth`，播放设备需要其用户名和密码。',
    },
    placeholder: { en: 'http://192.168.1.10:1880', zh: 'http://192.168.1.10:1880' },
    shownIf: served,
  }),
};

/** Of the output that such an address leaves at. */
export const EXPIRES_AT_FIELD: MessageField = {
  name: 'stepvoice.expiresAt',
  type: 'string',
  text: {
    en: 'Of an address: until when it finds the sound, as an ISO date.',
    zh: '地址的失效时间（ISO 日期）。',
  },
  optional: true,
};
