import type { Text } from '../../definition/node-definition.ts';

export const realtimeDetails: Text = {
  en: `Each conversation has a connection of its own, which opens with its first message and is closed when nobody has spoken for a while. A service ends a connection after half an hour at the latest; the conversation then goes on in a new one.

**With a page.** Wire both outputs of a \`stepvoice-play\` node into this node, and the first output of this node back into it. When the user speaks into an answer, the page falls silent and reports how much of it was heard, so that the model knows where it was interrupted. Without such reports this is estimated.

**Hands-free** needs sound without gaps: the service hears the end of a sentence by the silence after it. After the last message of a stream this node adds that silence.

**Tools** should be described in English. A call that is not answered in time is answered for you. Several may be open at once.

**When it fails.** After a connection could not be opened, sound tries again after 5 seconds at the earliest, or after as long as the service asks for; text and commands try at once. What comes meanwhile is lost.

Connected time is what the limits count. Wire debug nodes to the events, not to the sound.`,
  zh: `每个会话使用独立的连接：收到第一条消息时建立，静默一段时间后断开。服务端最多保持连接半小时，之后对话会在新的连接中继续。

**配合网页使用。** 将 \`stepvoice-play\` 节点的两个输出都接到此节点，再把此节点的第一个输出接回去。用户插话时，网页会立即静音并报告实际播放了多少，让模型知道自己在哪里被打断。没有报告时按时间估算。

**免按键模式**需要连续的声音：服务端根据说话后的静音判断一句话结束。音频流的最后一条消息之后，此节点会自动补上静音。

**工具**的说明建议用英文填写。超时未应答的调用会由节点代为应答；可以同时有多个调用等待应答。

**连接失败时。** 无法建立连接后，声音至少等待 5 秒（或服务要求的时间）才会重试，期间的声音会丢失；文本和命令会立即重试。

上限按连接时长计算。调试节点请连接到事件输出，而不是音频输出。`,
};
